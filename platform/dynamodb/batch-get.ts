import { setTimeout as sleep } from 'node:timers/promises'
import {
  BatchGetCommand,
  type BatchGetCommandInput,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb'
import { Fault } from '../../domain/fault.ts'

type Wanted = NonNullable<BatchGetCommandInput['RequestItems']>
type Item = Record<string, unknown>

/** Attempts without progress. */
const patience = 5

/**
 * Reads items by table, at most a hundred in all. A throttled table returns some and names the rest, which the SDK
 * does not retry: they are requested again. Throws if they do not arrive, so that nothing is taken as missing.
 */
export async function batchGet(
  client: DynamoDBDocumentClient,
  wanted: Wanted,
): Promise<ReadonlyMap<string, readonly Item[]>> {
  const found = new Map<string, readonly Item[]>()
  let left = wanted
  for (let fruitless = 0; fruitless < patience; fruitless++) {
    const { Responses = {}, UnprocessedKeys = {} } = await client.send(
      new BatchGetCommand({ RequestItems: left }),
    )
    for (const [table, items] of Object.entries(Responses)) {
      found.set(table, [...(found.get(table) ?? []), ...items])
    }
    if (keysOf(UnprocessedKeys) === 0) return found
    if (keysOf(UnprocessedKeys) < keysOf(left)) fruitless = 0
    left = UnprocessedKeys
    await sleep(Math.random() * 50 * 2 ** fruitless)
  }
  throw new Fault(`DynamoDB did not read all of ${Object.keys(left).join(', ')}`)
}

const keysOf = (wanted: Wanted): number =>
  Object.values(wanted).reduce((sum, { Keys = [] }) => sum + Keys.length, 0)

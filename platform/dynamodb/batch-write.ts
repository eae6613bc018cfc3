import { setTimeout as sleep } from 'node:timers/promises'
import {
  BatchWriteCommand,
  type BatchWriteCommandInput,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb'
import { Fault } from '../../domain/fault.ts'

export type Write = NonNullable<BatchWriteCommandInput['RequestItems']>[string][number]

/**
 * Writes at most 25 items. A throttled table writes some: the rest is retried with growing delays while there is no
 * progress.
 */
export async function batchWrite(
  client: DynamoDBDocumentClient,
  table: string,
  writes: readonly Write[],
): Promise<void> {
  let left = [...writes]
  for (let fruitless = 0; fruitless < 10; fruitless++) {
    const { UnprocessedItems = {} } = await client.send(
      new BatchWriteCommand({ RequestItems: { [table]: left } }),
    )
    const rest = UnprocessedItems[table] ?? []
    if (rest.length === 0) return
    if (rest.length < left.length) fruitless = 0
    left = rest
    await sleep(Math.random() * 50 * 2 ** Math.min(fruitless, 6))
  }
  throw new Fault(`DynamoDB wrote nothing of a batch to ${table} in ten attempts`)
}

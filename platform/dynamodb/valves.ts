import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { openValve } from '../../domain/effects/valve.ts'
import type { Valves } from '../../domain/ports.ts'
import { Valve } from '../../schemas/stored/valve.ts'

/** How long a glance is good for: a worker that is busy reads a valve this seldom. */
const glanceMs = 3000

/** A valve that nobody came to for so long is open again. */
const keepSeconds = 7 * 86_400

interface Glanced {
  readonly at: number
  readonly valve: Promise<Valve>
}

/** Valves in the cursors table, replaced under their revision; what was read or written last is remembered for seconds. */
export function dynamoValves(
  client: DynamoDBDocumentClient,
  TableName: string,
  now: () => number = Date.now,
): Valves {
  const known = new Map<string, Glanced>()
  const keyOf = (connection: string) => ({ pk: `valve#${connection}` })

  async function read(connection: string, ConsistentRead: boolean): Promise<Valve> {
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: keyOf(connection), ConsistentRead }),
    )
    return Item ? Valve.parse(Item['valve']) : openValve
  }
  function remember(connection: string, valve: Promise<Valve>): Promise<Valve> {
    known.set(connection, { at: now(), valve })
    valve.catch(() => known.delete(connection))
    return valve
  }

  return {
    glance(connection) {
      const glanced = known.get(connection)
      if (glanced && now() - glanced.at < glanceMs) return glanced.valve
      return remember(connection, read(connection, false))
    },
    load: (connection) => remember(connection, read(connection, true)),

    async save(connection, before, after) {
      const valve: Valve = { ...after, rev: before.rev + 1 }
      const expiresAt = Math.ceil(now() / 1000) + keepSeconds
      const put = new PutCommand({
        TableName,
        Item: { ...keyOf(connection), valve, expiresAt },
        ...(before.rev === 0
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : {
              ConditionExpression: '#valve.#rev = :rev',
              ExpressionAttributeNames: { '#valve': 'valve', '#rev': 'rev' },
              ExpressionAttributeValues: { ':rev': before.rev },
            }),
      })
      try {
        await client.send(put)
      } catch (error) {
        if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false
        throw error
      }
      await remember(connection, Promise.resolve(valve))
      return true
    },
  }
}

import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { closedBreaker } from '../../domain/effects/circuit-breaker.ts'
import type { CircuitBreakers } from '../../domain/ports.ts'
import { CircuitBreaker } from '../../schemas/stored/circuit-breaker.ts'

/** Lifetime of a cached breaker; a busy worker reads this rarely. */
const glanceMs = 3000

/** A breaker unused for this long is closed. */
const keepSeconds = 7 * 86_400

interface Glanced {
  readonly at: number
  readonly breaker: Promise<CircuitBreaker>
}

/** Circuit breakers in the cursors table, replaced under their revision; cached for seconds. */
export function dynamoCircuitBreakers(
  client: DynamoDBDocumentClient,
  TableName: string,
  now: () => number = Date.now,
): CircuitBreakers {
  const known = new Map<string, Glanced>()
  const keyOf = (connection: string) => ({ pk: `breaker#${connection}` })

  async function read(connection: string, ConsistentRead: boolean): Promise<CircuitBreaker> {
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: keyOf(connection), ConsistentRead }),
    )
    return Item ? CircuitBreaker.parse(Item['breaker']) : closedBreaker
  }
  function remember(connection: string, breaker: Promise<CircuitBreaker>): Promise<CircuitBreaker> {
    known.set(connection, { at: now(), breaker })
    breaker.catch(() => known.delete(connection))
    return breaker
  }

  return {
    glance(connection) {
      const glanced = known.get(connection)
      if (glanced && now() - glanced.at < glanceMs) return glanced.breaker
      return remember(connection, read(connection, false))
    },
    load: (connection) => remember(connection, read(connection, true)),

    async save(connection, before, after) {
      const breaker: CircuitBreaker = { ...after, rev: before.rev + 1 }
      const expiresAt = Math.ceil(now() / 1000) + keepSeconds
      const put = new PutCommand({
        TableName,
        Item: { ...keyOf(connection), breaker, expiresAt },
        ...(before.rev === 0
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : {
              ConditionExpression: '#breaker.#rev = :rev',
              ExpressionAttributeNames: { '#breaker': 'breaker', '#rev': 'rev' },
              ExpressionAttributeValues: { ':rev': before.rev },
            }),
      })
      try {
        await client.send(put)
      } catch (error) {
        if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false
        throw error
      }
      await remember(connection, Promise.resolve(breaker))
      return true
    },
  }
}

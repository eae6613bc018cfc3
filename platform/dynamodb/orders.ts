import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import { OrderId } from '../../schemas/canonical/identity.ts'
import { Instant } from '../../schemas/canonical/instant.ts'
import { OrderDocument, type People } from '../../schemas/canonical/order.ts'
import type { ExceptionOwner } from '../../schemas/events/exception.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { batchGet } from './batch-get.ts'
import type { Tables } from './ledger.ts'
import { commitsIn, headKey, recordIn, stepsAfter, stepsOfPage } from './order-record.ts'
import { dynamoReferences, type Named } from './references.ts'
import { decodeState } from './state-codec.ts'
import { type Asker, peopleIn, vaultDoor, vaultKey } from './vault.ts'

type Item = Record<string, unknown>

interface Place {
  readonly id: OrderId
  readonly deadline: Instant
}

/** Page size and position. */
interface Page<After> {
  readonly after?: After
  readonly limit: number
}

/** The ledger for people: an order, its timeline, its references, and open exceptions. */
export function dynamoOrders(
  client: DynamoDBDocumentClient,
  { ledger, people }: Tables,
  door = vaultDoor,
) {
  const references = dynamoReferences(client, ledger)
  const all = async (table: string, Keys: Item[]): Promise<readonly Item[]> => {
    const found = await batchGet(client, { [table]: { Keys, ConsistentRead: true } })
    return found.get(table) ?? []
  }
  return {
    async read(id: OrderId) {
      const items = await all(ledger, [headKey(id), { pk: id, sk: 'order' }])
      const head = items.find(({ sk }) => sk === 'head')
      const document = items.find(({ sk }) => sk === 'order')
      return (
        head && {
          state: recordIn(head).state,
          document: document && OrderDocument.parse(decodeState(document['order'])),
        }
      )
    },

    async states(ids: readonly OrderId[]): Promise<readonly OrderState[]> {
      const states: OrderState[] = []
      for (let from = 0; from < ids.length; from += 100) {
        const heads = await all(ledger, ids.slice(from, from + 100).map(headKey))
        states.push(...heads.map((head) => recordIn(head).state))
      }
      return states
    },

    async people(id: OrderId, asker: Asker): Promise<People | undefined> {
      const [item] = await all(people, [vaultKey(id)])
      const found = peopleIn(item, door.clock())
      if (found) door.audit({ orderId: id, purpose: 'desk', ...asker })
      return found
    },

    async idsBy(names: readonly Named[]): Promise<readonly OrderId[]> {
      const found = await Promise.all(names.map((name) => references.find(name)))
      return [...new Set(found.flat())]
    },

    async commits(id: OrderId, { after = 0, limit }: Page<number>) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: ledger,
          KeyConditionExpression: 'pk = :id AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: { ':id': id, ...stepsAfter(after) },
          ConsistentRead: true,
          Limit: Math.ceil(limit / stepsOfPage) + 1,
        }),
      )
      const records = Items.flatMap(commitsIn).filter(({ rev }) => rev > after)
      const more = records.length > limit || LastEvaluatedKey !== undefined
      return { records: records.slice(0, limit), more }
    },

    async standing(owner: ExceptionOwner, { after, limit }: Page<Place>) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: ledger,
          IndexName: 'exceptions',
          KeyConditionExpression: 'exceptionOwner = :owner',
          ExpressionAttributeValues: { ':owner': owner },
          Limit: limit,
          ...(after && {
            ExclusiveStartKey: {
              ...headKey(after.id),
              exceptionOwner: owner,
              exceptionDeadline: after.deadline,
            },
          }),
        }),
      )
      const places = Items.map((item): Place => {
        const { pk, exceptionDeadline } = Standing.parse(item)
        return { id: pk, deadline: exceptionDeadline }
      })
      return { places, more: LastEvaluatedKey !== undefined }
    },
  }
}

const Standing = z.object({ pk: OrderId, exceptionDeadline: Instant })

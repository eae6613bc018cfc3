import { BatchGetCommand, type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import { OrderId } from '../schemas/canonical/identity.ts'
import { Instant } from '../schemas/canonical/instant.ts'
import { OrderDocument, type People } from '../schemas/canonical/order.ts'
import type { ExceptionOwner } from '../schemas/events/exception.ts'
import { CommitRecord } from '../schemas/stored/commit-record.ts'
import { OrderState } from '../schemas/stored/order-state.ts'
import type { Tables } from './dynamo-ledger.ts'
import { type Asker, peopleIn, vaultDoor, vaultKey } from './dynamo-vault.ts'
import { unpacked } from './packed.ts'

type Item = Record<string, unknown>

interface Place {
  readonly id: OrderId
  readonly deadline: Instant
}

/** A page: how many, and after what. */
interface Page<After> {
  readonly after?: After
  readonly limit: number
}

/** The ledger as people read it: an order, its timeline, what it is called elsewhere, and what stands. */
export function dynamoOrders(
  client: DynamoDBDocumentClient,
  { ledger, people }: Tables,
  door = vaultDoor,
) {
  return {
    async read(id: OrderId) {
      const items = await batchGet(client, ledger, [headKey(id), { pk: id, sk: 'order' }])
      const head = items.find(({ sk }) => sk === 'head')
      const document = items.find(({ sk }) => sk === 'order')
      return (
        head && {
          state: OrderState.parse(unpacked(head['state'])),
          document: document && OrderDocument.parse(unpacked(document['order'])),
        }
      )
    },

    async states(ids: readonly OrderId[]): Promise<readonly OrderState[]> {
      const heads = await batchGet(client, ledger, ids.map(headKey))
      return heads.map((head) => OrderState.parse(unpacked(head['state'])))
    },

    async people(id: OrderId, asker: Asker): Promise<People | undefined> {
      const [item] = await batchGet(client, people, [vaultKey(id)])
      const found = peopleIn(item, door.clock())
      if (found) door.audit({ orderId: id, purpose: 'desk', ...asker })
      return found
    },

    async idsBy(references: readonly string[]): Promise<readonly OrderId[]> {
      const found = references.map(async (reference) => {
        const { Items = [] } = await client.send(
          new QueryCommand({
            TableName: ledger,
            IndexName: 'reference',
            KeyConditionExpression: '#reference = :reference',
            ExpressionAttributeNames: { '#reference': 'reference' },
            ExpressionAttributeValues: { ':reference': reference },
            Limit: 50,
          }),
        )
        return Items.map((item) => Named.parse(item).pk)
      })
      return [...new Set((await Promise.all(found)).flat())]
    },

    async commits(id: OrderId, { after, limit }: Page<string>) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: ledger,
          KeyConditionExpression: 'pk = :id AND begins_with(sk, :commit)',
          ExpressionAttributeValues: { ':id': id, ':commit': 'commit#' },
          ConsistentRead: true,
          Limit: limit,
          ...(after !== undefined && { ExclusiveStartKey: { pk: id, sk: after } }),
        }),
      )
      const records = Items.map((item) => CommitRecord.parse(item))
      return { records, more: LastEvaluatedKey !== undefined }
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

const Named = z.object({ pk: OrderId })
const Standing = z.object({ pk: OrderId, exceptionDeadline: Instant })

const headKey = (id: OrderId) => ({ pk: id, sk: 'head' })

/** DynamoDB takes a hundred keys at a time, and may give back some of them for another try. */
async function batchGet(
  client: DynamoDBDocumentClient,
  table: string,
  keys: readonly Item[],
): Promise<readonly Item[]> {
  const found: Item[] = []
  let left = [...keys]
  for (let attempt = 0; left.length > 0; attempt++) {
    if (attempt === 10) throw new Error(`DynamoDB did not read all of ${table}`)
    const { Responses = {}, UnprocessedKeys = {} } = await client.send(
      new BatchGetCommand({
        RequestItems: { [table]: { Keys: left.slice(0, 100), ConsistentRead: true } },
      }),
    )
    found.push(...(Responses[table] ?? []))
    left = [...(UnprocessedKeys[table]?.Keys ?? []), ...left.slice(100)]
  }
  return found
}

import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import { OrderId } from '../../schemas/canonical/identity.ts'
import { type Called, partitionOf } from '../../schemas/stored/called.ts'
import { batchWrite } from './batch-write.ts'

/** Orders by reference. Derived from their history, and eventually consistent. */
export function dynamoReferences(client: DynamoDBDocumentClient, table: string) {
  return {
    /** Adds missing ones. */
    async add(called: readonly Called[]): Promise<void> {
      const items = new Map(called.map((one) => [`${one.reference} ${one.orderId}`, itemOf(one)]))
      const writes = [...items.values()].map((Item) => ({ PutRequest: { Item } }))
      for (let from = 0; from < writes.length; from += 25) {
        await batchWrite(client, table, writes.slice(from, from + 25))
      }
    },

    async find({ reference, beginning }: Named): Promise<readonly OrderId[]> {
      const some = beginning === undefined ? '' : ' AND begins_with(sk, :beginning)'
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: `pk = :pk${some}`,
          ExpressionAttributeValues: {
            ':pk': partitionOf(reference),
            ...(beginning !== undefined && { ':beginning': beginning }),
          },
          Limit: 50,
        }),
      )
      return Items.map((item) => Item.parse(item).sk)
    },
  }
}

/** References, and the id prefix of the orders wanted. */
export interface Named {
  readonly reference: string
  /** @default any */
  readonly beginning?: string
}

const Item = z.object({ sk: OrderId })

const itemOf = ({ reference, orderId }: Called) => ({ pk: partitionOf(reference), sk: orderId })

import { DeleteCommand, type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import { beginningOf } from '../../domain/order/order-id.ts'
import type { Vault } from '../../domain/privacy/vault.ts'
import { OrderId } from '../../schemas/canonical/identity.ts'
import { vaultKey } from './vault.ts'

/** Finds whose data is stored, and erases it. It never returns any of it. */
export function dynamoPeople(client: DynamoDBDocumentClient, TableName: string): Vault {
  return {
    async find({ connection, customer }, cursor) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new ScanCommand({
          TableName,
          ConsistentRead: true,
          ProjectionExpression: 'pk',
          FilterExpression: `begins_with(pk, :channel)${customer === undefined ? '' : ' AND #people.#customer.#id = :customer'}`,
          ExpressionAttributeValues: {
            ':channel': beginningOf(connection),
            ...(customer !== undefined && { ':customer': customer }),
          },
          ...(customer !== undefined && {
            ExpressionAttributeNames: { '#people': 'people', '#customer': 'customer', '#id': 'id' },
          }),
          ...(cursor !== undefined && { ExclusiveStartKey: { pk: cursor } }),
        }),
      )
      const ids = Items.map((item) => Found.parse(item).pk)
      return { ids, ...(LastEvaluatedKey && { cursor: String(LastEvaluatedKey['pk']) }) }
    },

    async erase(id) {
      await client.send(new DeleteCommand({ TableName, Key: vaultKey(id) }))
    },
  }
}

const Found = z.object({ pk: OrderId })

import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { Past } from '../../domain/privacy/vault.ts'
import type { OrderId } from '../../schemas/canonical/identity.ts'
import { isConditionFailure } from './condition-failures.ts'
import { forgottenItem } from './order-record.ts'

type Item = Record<string, unknown>

/** What the ledger stores of an order besides its head. The erasing step itself cleans the head. */
export function dynamoPast(client: DynamoDBDocumentClient, TableName: string): Past {
  const put = async (item: Item, left: Item, field: 'record' | 'order') => {
    try {
      await client.send(
        new PutCommand({
          TableName,
          Item: left,
          // A document written meanwhile arrived after the erasure and contains no such text.
          ConditionExpression: '#content = :content',
          ExpressionAttributeNames: { '#content': field },
          ExpressionAttributeValues: { ':content': item[field] },
        }),
      )
    } catch (error) {
      if (!isConditionFailure(error)) throw error
    }
  }
  return {
    async forget(id: OrderId) {
      let from: Item | undefined
      do {
        const { Items = [], LastEvaluatedKey } = await client.send(
          new QueryCommand({
            TableName,
            KeyConditionExpression: 'pk = :id AND sk BETWEEN :from AND :to',
            ExpressionAttributeValues: { ':id': id, ':from': 'events#', ':to': 'order' },
            ConsistentRead: true,
            ...(from && { ExclusiveStartKey: from }),
          }),
        )
        for (const item of Items.filter(({ sk }) => sk !== 'head')) {
          const left = forgottenItem(item)
          if (left) await put(item, left, 'order' in item ? 'order' : 'record')
        }
        from = LastEvaluatedKey
      } while (from)
    },
  }
}

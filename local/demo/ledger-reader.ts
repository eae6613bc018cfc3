import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, paginateQuery, paginateScan } from '@aws-sdk/lib-dynamodb'
import { commitsIn, recordIn, stepsAfter } from '../../platform/dynamodb/order-record.ts'
import type { CommitRecord } from '../../schemas/stored/commit-record.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'

/** Reads the ledger's table as an operator would: every order's state, and one order's timeline. */
export function ledgerReader(client: DynamoDBClient, TableName: string) {
  const documents = DynamoDBDocumentClient.from(client)
  return {
    async heads(): Promise<OrderState[]> {
      const heads: OrderState[] = []
      const onlyHeads = {
        FilterExpression: 'sk = :head',
        ExpressionAttributeValues: { ':head': 'head' },
      }
      for await (const { Items = [] } of paginateScan(
        { client: documents },
        { TableName, ...onlyHeads },
      )) {
        heads.push(...Items.map((item) => recordIn(item).state))
      }
      return heads
    },

    async timeline(orderId: string): Promise<CommitRecord[]> {
      const commits: CommitRecord[] = []
      const query = {
        TableName,
        KeyConditionExpression: 'pk = :id AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':id': orderId, ...stepsAfter(0) },
      }
      for await (const { Items = [] } of paginateQuery({ client: documents }, query)) {
        commits.push(...Items.flatMap(commitsIn))
      }
      return commits
    },
  }
}

export type LedgerReader = ReturnType<typeof ledgerReader>

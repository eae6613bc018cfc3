import {
  type DynamoDBDocumentClient,
  GetCommand,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import type { CountMarks } from '../../domain/stock/counting.ts'
import { Instant } from '../../schemas/canonical/instant.ts'
import { CountRun } from '../../schemas/stored/count-run.ts'
import { isConditionFailure } from './condition-failures.ts'

const Mark = z.object({ at: Instant.optional(), run: CountRun.optional() })

/** The last full count of each location, and the progress of a running one, in the stock table. */
export function dynamoCountMarks(client: DynamoDBDocumentClient, TableName: string) {
  const find = async (location: string) => {
    const { Item = {} } = await client.send(
      new GetCommand({ TableName, Key: keyOf(location), ConsistentRead: true }),
    )
    return Mark.parse(Item)
  }
  const update = (location: string, input: Omit<UpdateCommandInput, 'TableName' | 'Key'>) =>
    client.send(new UpdateCommand({ TableName, Key: keyOf(location), ...input }))

  const marks: CountMarks = {
    read: async (location) => (await find(location)).at,
    raise: async (location, at) => {
      try {
        await update(location, {
          UpdateExpression: 'SET #at = :at',
          ConditionExpression: 'attribute_not_exists(#at) OR #at < :at',
          ExpressionAttributeNames: { '#at': 'at' },
          ExpressionAttributeValues: { ':at': at },
        })
      } catch (error) {
        if (!isConditionFailure(error)) throw error
      }
    },
  }
  const runs = (location: string) => ({
    read: async (): Promise<CountRun | undefined> => (await find(location)).run,
    write: async (run: CountRun | undefined): Promise<void> => {
      await update(
        location,
        run
          ? { UpdateExpression: 'SET run = :run', ExpressionAttributeValues: { ':run': run } }
          : { UpdateExpression: 'REMOVE run' },
      )
    },
  })
  return { marks, runs }
}

const keyOf = (location: string) => ({ pk: `count#${location}`, sk: 'count' })

import { setTimeout as sleep } from 'node:timers/promises'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { CountingDeps } from '../../domain/stock/counting.ts'
import { stockPolicyOf } from '../../domain/stock/places.ts'
import type { ResolvedSettings } from '../../schemas/settings.ts'
import { dynamoCountMarks } from '../dynamodb/count-marks.ts'
import { dynamoStock } from '../dynamodb/stock.ts'

/** What it takes to count and move stock; without any in the settings there is no place that anything could lie at. */
export function countingDeps(
  client: DynamoDBDocumentClient,
  table: string,
  settings: ResolvedSettings,
): CountingDeps {
  const places = stockPolicyOf(settings)?.placesOf ?? (() => [])
  return {
    book: dynamoStock(client, table, places),
    places,
    marks: dynamoCountMarks(client, table).marks,
    jitter: (ms) => sleep(Math.random() * ms),
  }
}

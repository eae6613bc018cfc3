import { attributesOf } from '../../domain/listings/attributes.ts'
import { sellersOf } from '../../domain/listings/sellers.ts'
import { dynamo } from '../../platform/dynamodb/client.ts'
import { dynamoListings } from '../../platform/dynamodb/listings.ts'
import { dynamoLookups } from '../../platform/dynamodb/lookups.ts'
import { sqsHints } from '../../platform/sqs/hints.ts'
import { count, namespaceOf } from '../../platform/telemetry/metrics.ts'
import { readEnv } from '../../platform/wiring/read-env.ts'
import { recordFactDeps } from '../../platform/wiring/record-fact-deps.ts'
import { readSettings } from '../../platform/wiring/settings.ts'
import { Env } from './env.ts'
import type { ProjectStockDeps } from './project-stock.ts'

const env = readEnv(Env)
const settings = readSettings()
const client = dynamo()
const listings = dynamoListings(client, env.STOCK_TABLE)
const sellers = sellersOf(settings)
const clock = () => new Date()

export const deps: ProjectStockDeps = {
  ...recordFactDeps(client, env, settings),
  listings,
  attributes: attributesOf({ shelves: listings, sellers, clock }),
  lookups: dynamoLookups(client, env.STOCK_TABLE),
  shelves: listings,
  sellers,
  clock,
  hint: sqsHints(settings, env.INTAKE_QUEUE_URL),
  oversold: (value) =>
    count({ name: 'UnitsOversold', dimensions: {}, value }, namespaceOf(settings)),
}

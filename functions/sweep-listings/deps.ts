import { attributesOf } from '../../domain/listings/attributes.ts'
import { sellersOf } from '../../domain/listings/sellers.ts'
import { dynamo } from '../../platform/dynamodb/client.ts'
import { dynamoListings } from '../../platform/dynamodb/listings.ts'
import { dynamoLookups } from '../../platform/dynamodb/lookups.ts'
import { sqsHints } from '../../platform/sqs/hints.ts'
import { count, namespaceOf } from '../../platform/telemetry/metrics.ts'
import { readEnv } from '../../platform/wiring/read-env.ts'
import { readSettings } from '../../platform/wiring/settings.ts'
import { Env } from './env.ts'
import type { SweepListingsDeps } from './sweep-listings.ts'

const env = readEnv(Env)
const settings = readSettings()
const namespace = namespaceOf(settings)
const client = dynamo()
const listings = dynamoListings(client, env.STOCK_TABLE)
const sellers = sellersOf(settings)
const clock = () => new Date()

export const deps: SweepListingsDeps = {
  listings,
  attributes: attributesOf({ shelves: listings, sellers, clock }),
  lookups: dynamoLookups(client, env.STOCK_TABLE),
  nextLook: new Map(),
  sellers,
  clock,
  limit: settings.stages.published,
  hint: sqsHints(settings, env.INTAKE_QUEUE_URL),
  missed: (Connection) =>
    count({ name: 'StageMissed', dimensions: { Connection, Stage: 'published' } }, namespace),
  backlog: (Connection, value) =>
    count({ name: 'ListingsWaiting', dimensions: { Connection }, value }, namespace),
}

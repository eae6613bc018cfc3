import { sellersOf } from '../../domain/stock/sellers.ts'
import { dynamo } from '../../platform/dynamo.ts'
import { dynamoListings } from '../../platform/dynamo-listings.ts'
import { dynamoLookups } from '../../platform/dynamo-lookups.ts'
import { count, namespaceOf } from '../../platform/metrics.ts'
import { readEnv } from '../../platform/read-env.ts'
import { readSettings } from '../../platform/settings.ts'
import { sqsHints } from '../../platform/sqs-hints.ts'
import { Env } from './env.ts'
import type { SweepListingsDeps } from './sweep-listings.ts'

const env = readEnv(Env)
const settings = readSettings()
const namespace = namespaceOf(settings)
const client = dynamo()
const listings = dynamoListings(client, env.STOCK_TABLE)

export const deps: SweepListingsDeps = {
  listings,
  lookups: dynamoLookups(client, env.STOCK_TABLE),
  nextLook: new Map(),
  shelves: listings,
  sellers: sellersOf(settings),
  clock: () => new Date(),
  limit: settings.stages.published,
  hint: sqsHints(env.LANES),
  missed: (Connection) =>
    count({ name: 'StageMissed', dimensions: { Connection, Stage: 'published' } }, namespace),
  backlog: (Connection, value) =>
    count({ name: 'ListingsWaiting', dimensions: { Connection }, value }, namespace),
}

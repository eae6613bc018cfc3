import { sellersOf } from '../../domain/stock/sellers.ts'
import { dynamo } from '../../platform/dynamo.ts'
import { dynamoListings } from '../../platform/dynamo-listings.ts'
import { dynamoLookups } from '../../platform/dynamo-lookups.ts'
import { learnDeps } from '../../platform/learn-deps.ts'
import { count, namespaceOf } from '../../platform/metrics.ts'
import { readEnv } from '../../platform/read-env.ts'
import { readSettings } from '../../platform/settings.ts'
import { sqsHints } from '../../platform/sqs-hints.ts'
import { Env } from './env.ts'
import type { ProjectStockDeps } from './project-stock.ts'

const env = readEnv(Env)
const settings = readSettings()
const client = dynamo()
const listings = dynamoListings(client, env.STOCK_TABLE)

export const deps: ProjectStockDeps = {
  ...learnDeps(client, env, settings),
  listings,
  lookups: dynamoLookups(client, env.STOCK_TABLE),
  shelves: listings,
  sellers: sellersOf(settings),
  clock: () => new Date(),
  hint: sqsHints(env.LANES),
  oversold: (value) =>
    count({ name: 'UnitsOversold', dimensions: {}, value }, namespaceOf(settings)),
}

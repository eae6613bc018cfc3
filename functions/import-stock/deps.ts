import { sellersOf } from '../../domain/listings/sellers.ts'
import type { Location } from '../../domain/stock/places.ts'
import { dynamo } from '../../platform/dynamodb/client.ts'
import { dynamoListingTerms } from '../../platform/dynamodb/listing-terms.ts'
import { dynamoListings } from '../../platform/dynamodb/listings.ts'
import { dynamoLookups } from '../../platform/dynamodb/lookups.ts'
import { s3Files } from '../../platform/s3/files.ts'
import { countingDeps } from '../../platform/wiring/counting-deps.ts'
import { readEnv } from '../../platform/wiring/read-env.ts'
import { readSettings } from '../../platform/wiring/settings.ts'
import { capableOf } from '../../schemas/settings.ts'
import { Env } from './env.ts'
import type { ImportStockDeps } from './import-stock.ts'

const env = readEnv(Env)
const settings = readSettings()
const client = dynamo()
const channels = settings.connections.filter(capableOf('orders'))

export const deps: ImportStockDeps = {
  ...countingDeps(client, env.STOCK_TABLE, settings),
  listings: dynamoListings(client, env.STOCK_TABLE),
  terms: dynamoListingTerms(client, env.STOCK_TABLE),
  channels: new Set(channels.map(({ id }) => id)),
  lookups: dynamoLookups(client, env.STOCK_TABLE),
  sellers: sellersOf(settings),
  clock: () => new Date(),
  files: s3Files(env.FILES_BUCKET),
  locations: Object.entries(settings.stock?.locations ?? {}).map(
    ([name, location]): Location => ({ name, ...location }),
  ),
}

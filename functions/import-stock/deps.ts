import type { Location } from '../../domain/stock/places.ts'
import { sellersOf } from '../../domain/stock/sellers.ts'
import { countingDeps } from '../../platform/counting-deps.ts'
import { dynamo } from '../../platform/dynamo.ts'
import { dynamoListingTerms } from '../../platform/dynamo-listing-terms.ts'
import { dynamoListings } from '../../platform/dynamo-listings.ts'
import { dynamoLookups } from '../../platform/dynamo-lookups.ts'
import { readEnv } from '../../platform/read-env.ts'
import { s3Files } from '../../platform/s3-files.ts'
import { readSettings } from '../../platform/settings.ts'
import { Env } from './env.ts'
import type { ImportStockDeps } from './import-stock.ts'

const env = readEnv(Env)
const settings = readSettings()
const client = dynamo()
const channels = settings.connections.filter(({ kind }) => kind === 'channel')

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

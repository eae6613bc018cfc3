import type { Location } from '../../domain/stock/places.ts'
import { countingDeps } from '../../platform/counting-deps.ts'
import { dynamo } from '../../platform/dynamo.ts'
import { readEnv } from '../../platform/read-env.ts'
import { s3Files } from '../../platform/s3-files.ts'
import { readSettings } from '../../platform/settings.ts'
import { Env } from './env.ts'
import type { ImportStockDeps } from './import-stock.ts'

const env = readEnv(Env)
const settings = readSettings()

export const deps: ImportStockDeps = {
  ...countingDeps(dynamo(), env.STOCK_TABLE, settings),
  files: s3Files(env.FILES_BUCKET),
  locations: Object.entries(settings.stock?.locations ?? {}).map(
    ([name, location]): Location => ({ name, ...location }),
  ),
}

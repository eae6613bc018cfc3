import { sellersOf } from '../../domain/stock/sellers.ts'
import { dynamo } from '../../platform/dynamo.ts'
import { dynamoCrossReferences } from '../../platform/dynamo-cross-references.ts'
import { dynamoLookups } from '../../platform/dynamo-lookups.ts'
import { learnDeps } from '../../platform/learn-deps.ts'
import { readEnv } from '../../platform/read-env.ts'
import { s3Files } from '../../platform/s3-files.ts'
import { readSettings } from '../../platform/settings.ts'
import { Env } from './env.ts'
import type { ImportCrossReferencesDeps } from './import-cross-references.ts'

const env = readEnv(Env)
const settings = readSettings()
const client = dynamo()

export const deps: ImportCrossReferencesDeps = {
  ...learnDeps(client, env, settings),
  store: dynamoCrossReferences(client, env.CROSS_REFERENCES_TABLE),
  files: s3Files(env.FILES_BUCKET),
  connections: new Set(settings.connections.map(({ id }) => id)),
  lookups: dynamoLookups(client, env.STOCK_TABLE),
  sellers: sellersOf(settings),
  clock: () => new Date(),
}

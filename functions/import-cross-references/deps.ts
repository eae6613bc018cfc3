import { sellersOf } from '../../domain/listings/sellers.ts'
import { dynamo } from '../../platform/dynamodb/client.ts'
import { dynamoCrossReferences } from '../../platform/dynamodb/cross-references.ts'
import { dynamoLookups } from '../../platform/dynamodb/lookups.ts'
import { s3Files } from '../../platform/s3/files.ts'
import { readEnv } from '../../platform/wiring/read-env.ts'
import { recordFactDeps } from '../../platform/wiring/record-fact-deps.ts'
import { readSettings } from '../../platform/wiring/settings.ts'
import { Env } from './env.ts'
import type { ImportCrossReferencesDeps } from './import-cross-references.ts'

const env = readEnv(Env)
const settings = readSettings()
const client = dynamo()

export const deps: ImportCrossReferencesDeps = {
  ...recordFactDeps(client, env, settings),
  store: dynamoCrossReferences(client, env.CROSS_REFERENCES_TABLE),
  files: s3Files(env.FILES_BUCKET),
  connections: new Set(settings.connections.map(({ id }) => id)),
  lookups: dynamoLookups(client, env.STOCK_TABLE),
  sellers: sellersOf(settings),
  clock: () => new Date(),
}

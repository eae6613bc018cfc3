import { dynamo } from '../../platform/dynamodb/client.ts'
import { dynamoCrossReferences } from '../../platform/dynamodb/cross-references.ts'
import { s3Files } from '../../platform/s3/files.ts'
import { logger } from '../../platform/telemetry/logger.ts'
import { readEnv } from '../../platform/wiring/read-env.ts'
import { Env } from './env.ts'
import type { ExportCrossReferencesDeps } from './export-cross-references.ts'

const env = readEnv(Env)

export const deps: ExportCrossReferencesDeps = {
  store: dynamoCrossReferences(dynamo(), env.CROSS_REFERENCES_TABLE),
  files: s3Files(env.FILES_BUCKET),
  log: (message, fields) => logger.info(message, fields),
}

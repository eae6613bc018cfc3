import { connectors } from '../../connectors/index.ts'
import type { CompareDeps } from '../../domain/listings/compare.ts'
import type { Lookups } from '../../domain/ports.ts'
import { dynamo } from '../../platform/dynamodb/client.ts'
import { dynamoCrossReferences } from '../../platform/dynamodb/cross-references.ts'
import { dynamoLookups } from '../../platform/dynamodb/lookups.ts'
import { sqsHints } from '../../platform/sqs/hints.ts'
import { measureComparison } from '../../platform/telemetry/measure-comparison.ts'
import { namespaceOf } from '../../platform/telemetry/metrics.ts'
import { listingsDeps } from '../../platform/wiring/listings-deps.ts'
import { readEnv } from '../../platform/wiring/read-env.ts'
import { readSettings } from '../../platform/wiring/settings.ts'
import { Env } from './env.ts'

const env = readEnv(Env)
const settings = readSettings()
const client = dynamo()

export const deps: Omit<CompareDeps, 'left'> & { readonly lookups: Lookups } = {
  ...listingsDeps(env, { settings, client, connectors }),
  crossReferences: dynamoCrossReferences(client, env.CROSS_REFERENCES_TABLE),
  lookups: dynamoLookups(client, env.STOCK_TABLE),
  hint: sqsHints(settings, env.LANE_QUEUE_URL),
}

export const measure = measureComparison(env.CONNECTION, namespaceOf(settings))

import { channels } from '../../channels/index.ts'
import type { Lookups } from '../../domain/ports.ts'
import type { CompareDeps } from '../../domain/stock/compare.ts'
import { dynamo } from '../../platform/dynamo.ts'
import { dynamoCrossReferences } from '../../platform/dynamo-cross-references.ts'
import { dynamoLookups } from '../../platform/dynamo-lookups.ts'
import { measureComparison } from '../../platform/measure-comparison.ts'
import { namespaceOf } from '../../platform/metrics.ts'
import { readEnv } from '../../platform/read-env.ts'
import { sellingDeps } from '../../platform/selling-deps.ts'
import { readSettings } from '../../platform/settings.ts'
import { sqsHints } from '../../platform/sqs-hints.ts'
import { Env } from './env.ts'

const env = readEnv(Env)
const settings = readSettings()
const client = dynamo()

export const deps: Omit<CompareDeps, 'left'> & { readonly lookups: Lookups } = {
  ...sellingDeps(env, { settings, client, plugs: channels }),
  crossReferences: dynamoCrossReferences(client, env.CROSS_REFERENCES_TABLE),
  lookups: dynamoLookups(client, env.STOCK_TABLE),
  hint: sqsHints({ [env.CONNECTION]: env.LANE_QUEUE_URL }),
}

export const measure = measureComparison(env.CONNECTION, namespaceOf(settings))

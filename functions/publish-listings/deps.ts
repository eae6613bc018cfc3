import { connectors } from '../../connectors/index.ts'
import type { LookUpDeps } from '../../domain/listings/look-up.ts'
import type { PublishDeps } from '../../domain/listings/record-outcomes.ts'
import { dynamo } from '../../platform/dynamodb/client.ts'
import { dynamoCrossReferences } from '../../platform/dynamodb/cross-references.ts'
import { dynamoLookups } from '../../platform/dynamodb/lookups.ts'
import { dynamoRequestPacer } from '../../platform/dynamodb/request-pacer.ts'
import { sqsHints } from '../../platform/sqs/hints.ts'
import { sqsRequeue } from '../../platform/sqs/requeue.ts'
import { measureDrift } from '../../platform/telemetry/measure-comparison.ts'
import { count, namespaceOf } from '../../platform/telemetry/metrics.ts'
import { listingsDeps } from '../../platform/wiring/listings-deps.ts'
import { readEnv } from '../../platform/wiring/read-env.ts'
import { readSettings } from '../../platform/wiring/settings.ts'
import { Env } from './env.ts'

const env = readEnv(Env)
const settings = readSettings()
const client = dynamo()
const connection = env.CONNECTION
const turns = (pk: string) => dynamoRequestPacer(client, env.CURSORS_TABLE, { pk })

export const deps: PublishDeps & LookUpDeps = {
  ...listingsDeps(env, { settings, client, connectors }),
  again: sqsRequeue(env.LANE_QUEUE_URL),
  paceOf: (attribute) => turns(`pace#${connection}#${attribute}`),
  turn: turns(`look#${connection}`),
  lookups: dynamoLookups(client, env.STOCK_TABLE),
  crossReferences: dynamoCrossReferences(client, env.CROSS_REFERENCES_TABLE),
  hint: sqsHints(settings, env.LANE_QUEUE_URL),
  measure: measureDrift(connection, namespaceOf(settings)),
  limit: settings.stages.published,
  count: (point) => {
    const namespace = namespaceOf(settings)
    const dimensions = { Connection: connection }
    if ('value' in point) return count({ ...point, dimensions }, namespace)
    const value = point.name === 'StageMissed' ? 1 : 0
    const stage = { ...dimensions, Stage: 'published' }
    count({ name: 'StageMissed', dimensions: stage, value }, namespace)
  },
}

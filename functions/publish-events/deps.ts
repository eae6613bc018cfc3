import { dynamoCircuitBreakers } from '../../platform/dynamodb/circuit-breakers.ts'
import { dynamo } from '../../platform/dynamodb/client.ts'
import { dynamoReferences } from '../../platform/dynamodb/references.ts'
import { eventBus } from '../../platform/eventbridge/event-bus.ts'
import { measureIn } from '../../platform/telemetry/measure.ts'
import { isDownBy } from '../../platform/telemetry/measured-breakers.ts'
import { namespaceOf } from '../../platform/telemetry/metrics.ts'
import { readEnv } from '../../platform/wiring/read-env.ts'
import { readSettings } from '../../platform/wiring/settings.ts'
import { Env } from './env.ts'
import type { PublishEventsDeps } from './publish-events.ts'

const env = readEnv(Env)
const client = dynamo()

export const deps: PublishEventsDeps = {
  name: dynamoReferences(client, env.LEDGER_TABLE).add,
  put: eventBus(env.BUS_NAME),
  measure: measureIn(
    namespaceOf(readSettings()),
    isDownBy(dynamoCircuitBreakers(client, env.CURSORS_TABLE)),
  ),
}

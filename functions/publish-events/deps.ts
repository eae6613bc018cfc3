import { dynamo } from '../../platform/dynamo.ts'
import { dynamoReferences } from '../../platform/dynamo-references.ts'
import { eventBus } from '../../platform/event-bus.ts'
import { measureIn } from '../../platform/measure.ts'
import { namespaceOf } from '../../platform/metrics.ts'
import { readEnv } from '../../platform/read-env.ts'
import { readSettings } from '../../platform/settings.ts'
import { Env } from './env.ts'
import type { PublishEventsDeps } from './publish-events.ts'

const env = readEnv(Env)

export const deps: PublishEventsDeps = {
  name: dynamoReferences(dynamo(), env.LEDGER_TABLE).add,
  put: eventBus(env.BUS_NAME),
  measure: measureIn(namespaceOf(readSettings())),
}

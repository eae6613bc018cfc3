import { eventBus } from '../../platform/event-bus.ts'
import { measureIn } from '../../platform/measure.ts'
import { namespaceOf } from '../../platform/metrics.ts'
import { readEnv } from '../../platform/read-env.ts'
import { readSettings } from '../../platform/settings.ts'
import { Env } from './env.ts'
import type { PublishEventsDeps } from './publish-events.ts'

export const deps: PublishEventsDeps = {
  put: eventBus(readEnv(Env).BUS_NAME),
  measure: measureIn(namespaceOf(readSettings())),
}

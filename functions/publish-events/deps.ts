import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { measureIn } from '../../platform/measure.ts'
import { namespaceOf } from '../../platform/metrics.ts'
import { readEnv } from '../../platform/read-env.ts'
import { readSettings } from '../../platform/settings.ts'
import { Env } from './env.ts'
import type { PublishEventsDeps } from './publish-events.ts'

const { BUS_NAME } = readEnv(Env)
const client = new EventBridgeClient()

export const deps: PublishEventsDeps = {
  async put(events) {
    const { Entries = [] } = await client.send(
      new PutEventsCommand({
        Entries: events.map(({ type, detail }) => ({
          EventBusName: BUS_NAME,
          Source: 'crossdock',
          DetailType: type,
          Detail: JSON.stringify(detail),
        })),
      }),
    )
    return events.map((_, i) => Entries[i]?.EventId !== undefined)
  },
  measure: measureIn(namespaceOf(readSettings())),
}

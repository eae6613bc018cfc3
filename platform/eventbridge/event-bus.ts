import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { awsClient } from '../http/aws-client.ts'

interface Published {
  readonly type: string
  readonly detail: Readonly<Record<string, unknown>>
}

/** Puts at most ten events on a bus; returns whether each was accepted, in the same order. */
export function eventBus(EventBusName: string) {
  const client = new EventBridgeClient(awsClient)
  return async (events: readonly Published[]): Promise<readonly boolean[]> => {
    const { Entries = [] } = await client.send(
      new PutEventsCommand({
        Entries: events.map(({ type, detail }) => ({
          EventBusName,
          Source: 'crossdock',
          DetailType: type,
          Detail: JSON.stringify(detail),
        })),
      }),
    )
    return events.map((_, i) => Entries[i]?.EventId !== undefined)
  }
}

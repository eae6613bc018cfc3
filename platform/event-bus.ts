import { z } from 'zod'
import { callAws } from './aws.ts'

interface Published {
  readonly type: string
  readonly detail: Readonly<Record<string, unknown>>
}

const Answer = z.object({ Entries: z.array(z.object({ EventId: z.string().optional() })) })

/** Puts events on a bus, at most ten at a time; says of each whether it was taken, in the same order. */
export const eventBus =
  (EventBusName: string) =>
  async (events: readonly Published[]): Promise<readonly boolean[]> => {
    const answer = await callAws({
      service: 'events',
      target: 'AWSEvents.PutEvents',
      version: '1.1',
      body: {
        Entries: events.map(({ type, detail }) => ({
          EventBusName,
          Source: 'crossdock',
          DetailType: type,
          Detail: JSON.stringify(detail),
        })),
      },
    })
    const { Entries } = Answer.parse(answer)
    return events.map((_, i) => Entries[i]?.EventId !== undefined)
  }

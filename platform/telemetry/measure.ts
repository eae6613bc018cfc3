import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { OrderEvent } from '../../schemas/events/order-event.ts'
import type { CommitRecord } from '../../schemas/stored/commit-record.ts'
import { count, type Point } from './metrics.ts'

type Measures = {
  readonly [T in OrderEvent['type']]?: (
    event: Extract<OrderEvent, { readonly type: T }>,
    record: CommitRecord,
    /** Whether the system that it waited for, or asked, is down. */
    isDown: boolean,
  ) => Point | undefined
}

/** Service levels and counts for dashboards and alarms. */
const measures: Measures = {
  'order.captured': (_, { connection }) => ({
    name: 'OrdersCaptured',
    dimensions: { Connection: connection },
  }),
  'stage.met': ({ stage }, { connection }) => ({
    name: 'StageMissed',
    dimensions: { Connection: connection, Stage: stageOf(stage) },
    value: 0,
  }),
  'stage.missed': ({ stage }, { connection }, isDown) => ({
    name: isDown ? 'StageMissedInOutage' : 'StageMissed',
    dimensions: { Connection: connection, Stage: stageOf(stage) },
  }),
  'exception.raised': ({ code }) => ({ name: 'ExceptionRaised', dimensions: { Code: code } }),
  'effect.doubted': ({ connection }, _, isDown) =>
    isDown ? undefined : { name: 'OutcomeUnknown', dimensions: { Connection: connection } },
}

/** Counts an event. What is due to the outage of another system is counted apart, because its breaker has an alarm already. */
export const measureIn =
  (namespace: string, isDown: (connection: ConnectionId) => Promise<boolean>) =>
  async (event: OrderEvent, record: CommitRecord): Promise<void> => {
    // The table is keyed by the event's own type, which TypeScript cannot follow through an index.
    const toPoint = measures[event.type] as
      | ((event: OrderEvent, record: CommitRecord, isDown: boolean) => Point | undefined)
      | undefined
    const system = systemOf(event)
    const point = toPoint?.(event, record, system !== undefined && (await isDown(system)))
    if (point) count(point, namespace)
  }

function systemOf(event: OrderEvent): ConnectionId | undefined {
  if (event.type === 'stage.missed') return event.waitedFor
  return event.type === 'effect.doubted' ? event.connection : undefined
}

/** `confirmed:<shipment>` is one of many of the stage `confirmed`. */
const stageOf = (key: string): string => key.split(':')[0] ?? key

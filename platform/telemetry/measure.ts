import type { OrderEvent } from '../../schemas/events/order-event.ts'
import type { CommitRecord } from '../../schemas/stored/commit-record.ts'
import { count, type Point } from './metrics.ts'

type Measures = {
  readonly [T in OrderEvent['type']]?: (
    event: Extract<OrderEvent, { readonly type: T }>,
    record: CommitRecord,
  ) => Point
}

/** The service levels and counts that the dashboards and alarms read. */
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
  'stage.missed': ({ stage }, { connection }) => ({
    name: 'StageMissed',
    dimensions: { Connection: connection, Stage: stageOf(stage) },
  }),
  'exception.raised': ({ code }) => ({ name: 'ExceptionRaised', dimensions: { Code: code } }),
  'effect.doubted': ({ connection }) => ({
    name: 'OutcomeUnknown',
    dimensions: { Connection: connection },
  }),
}

export const measureIn =
  (namespace: string) =>
  (event: OrderEvent, record: CommitRecord): void => {
    // The table is keyed by the event's own type, which TypeScript cannot follow through an index.
    const toPoint = measures[event.type] as
      | ((event: OrderEvent, record: CommitRecord) => Point)
      | undefined
    if (toPoint) count(toPoint(event, record), namespace)
  }

/** `confirmed:<shipment>` is one of many of the stage `confirmed`. */
const stageOf = (key: string): string => key.split(':')[0] ?? key

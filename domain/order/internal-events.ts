import type { OrderEventType } from '../../schemas/events/order-event.ts'

/** Events that only change the state and are not published. */
export const internalEvents: ReadonlySet<OrderEventType> = new Set([
  'order.seen',
  'route.sought',
  'effect.sent',
  'effect.postponed',
  'effect.deferred',
  'stage.opened',
  'stage.closed',
  'fact.kept',
  'fact.used',
  'shipment.seen',
  'stock.sought',
])

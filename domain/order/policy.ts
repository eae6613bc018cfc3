import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { Route } from '../../schemas/events/order-event.ts'
import type { ResolvedSettings } from '../../schemas/settings.ts'

/** What the retailer decided, as the ledger asks it. */
export interface Policy {
  route(order: Order): Route | undefined
  holdsTestOrders(channel: ConnectionId): boolean
  /** Seconds allowed per stage. */
  readonly stages: ResolvedSettings['stages']
}

export function policyOf(settings: ResolvedSettings): Policy {
  const connections = new Map(settings.connections.map((c) => [c.id, c]))
  return {
    route: (order) => settings.routes.find(({ when }) => matches(when, order)),
    holdsTestOrders: (channel) => connections.get(channel)?.testOrders === 'hold',
    stages: settings.stages,
  }
}

function matches(when: ResolvedSettings['routes'][number]['when'], order: Order): boolean {
  const country = order.people.shipTo?.countryCode
  return (
    (!when.channel || when.channel === order.connection) &&
    (!when.currency || when.currency.includes(order.currency)) &&
    (!when.shipToCountry || (country !== undefined && when.shipToCountry.includes(country)))
  )
}

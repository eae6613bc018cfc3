import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Currency } from '../../schemas/canonical/money.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { EffectName, Route } from '../../schemas/events/order-event.ts'
import type { ResolvedSettings } from '../../schemas/settings.ts'
import { type StockPolicy, stockPolicyOf } from '../stock/places.ts'

/** The retailer's settings, as the ledger needs them. */
export interface Policy {
  route(order: Routed): Route | undefined
  holdsTestOrders(channel: ConnectionId): boolean
  /** Whether an unpaid order waits before its release. */
  holdsUnpaid(channel: ConnectionId): boolean
  /** Whether a connection's connector implements an effect. */
  can(connection: ConnectionId, effect: EffectName): boolean
  /** Days that an order's personal data is kept after it has nothing left to ship. */
  peopleDays(channel: ConnectionId): number
  /** Seconds allowed per stage. */
  readonly stages: ResolvedSettings['stages']
  /** Absent if stock is not configured. */
  readonly stock?: StockPolicy | undefined
}

/** What a route can depend on. */
export interface Routed {
  readonly connection: ConnectionId
  readonly currency: Currency
  /** Destination country, ISO 3166-1 alpha-2. */
  readonly country?: string | undefined
}

export const routedBy = ({ connection, currency, people }: Order): Routed => ({
  connection,
  currency,
  country: people.shipTo?.countryCode,
})

/** Days, for a channel that is no longer in the settings. */
const keptAnyway = 30

export function policyOf(settings: ResolvedSettings): Policy {
  const connections = new Map(settings.connections.map((c) => [c.id, c]))
  return {
    route(order) {
      const rule = settings.routes.find(({ when }) => matches(when, order))
      return rule && { erp: rule.erp, wms: rule.wms }
    },
    holdsTestOrders: (channel) => connections.get(channel)?.testOrders === 'hold',
    holdsUnpaid: (channel) => connections.get(channel)?.unpaidOrders === 'hold',
    can: (connection, effect) => connections.get(connection)?.effects.includes(effect) ?? false,
    peopleDays: (channel) => connections.get(channel)?.peopleDays ?? keptAnyway,
    stages: settings.stages,
    stock: stockPolicyOf(settings),
  }
}

function matches(
  when: ResolvedSettings['routes'][number]['when'],
  { connection, currency, country }: Routed,
): boolean {
  return (
    (!when.channel || when.channel === connection) &&
    (!when.currency || when.currency.includes(currency)) &&
    (!when.shipToCountry || (country !== undefined && when.shipToCountry.includes(country)))
  )
}

import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Currency } from '../../schemas/canonical/money.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { EffectName, Route } from '../../schemas/events/order-event.ts'
import type { ResolvedSettings } from '../../schemas/settings.ts'
import { type StockPolicy, stockPolicyOf } from '../stock/places.ts'

/** What the retailer decided, as the ledger asks it. */
export interface Policy {
  route(order: Routed): Route | undefined
  holdsTestOrders(channel: ConnectionId): boolean
  /** Whether an order that is not paid for waits before it is released. */
  holdsUnpaid(channel: ConnectionId): boolean
  /** Whether a connection's system knows an effect at all. */
  can(connection: ConnectionId, effect: EffectName): boolean
  /** Days for which an order's people are kept after nothing is left to send. */
  peopleDays(channel: ConnectionId): number
  /** Seconds allowed per stage. */
  readonly stages: ResolvedSettings['stages']
  /** Absent where nothing is kept in stock. */
  readonly stock?: StockPolicy | undefined
}

/** What a route can depend on. */
export interface Routed {
  /** The channel. */
  readonly connection: ConnectionId
  readonly currency: Currency
  /** Where it ships to, ISO 3166-1 alpha-2. */
  readonly country?: string | undefined
}

export const routedBy = ({ connection, currency, people }: Order): Routed => ({
  connection,
  currency,
  country: people.shipTo?.countryCode,
})

/** Of a channel that the settings have no more: days. */
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

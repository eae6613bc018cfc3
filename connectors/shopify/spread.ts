import type { FulfilmentOrder, Units } from './deliveries.ts'

/** The argument of one `fulfillmentCreate`: fulfilment orders of one location, which Shopify demands. */
export type Parcel = readonly {
  readonly fulfillmentOrderId: string
  readonly fulfillmentOrderLineItems: readonly { readonly id: string; readonly quantity: number }[]
}[]

interface Plan {
  /** One per location. */
  readonly parcels: readonly Parcel[]
  /** Units that no open fulfilment order has. */
  readonly missing: Units
  /** Fulfilment orders that have missing units but may not be fulfilled now. */
  readonly held: readonly string[]
}

/** Spreads units over the open fulfilment orders that still have them, in Shopify's order. */
export function spread(units: Units, fulfilmentOrders: readonly FulfilmentOrder[]): Plan {
  const missing = new Map(units)
  const byLocation = new Map<string, Parcel[number][]>()
  for (const { id, status, location, lines } of fulfilmentOrders) {
    if (!open.has(status)) continue
    const taken = lines.flatMap((line) => {
      const quantity = Math.min(line.remaining, missing.get(line.lineId) ?? 0)
      if (quantity <= 0) return []
      missing.set(line.lineId, (missing.get(line.lineId) ?? 0) - quantity)
      return [{ id: line.id, quantity }]
    })
    if (taken.length === 0) continue
    const parcel = byLocation.get(location) ?? []
    byLocation.set(location, [
      ...parcel,
      { fulfillmentOrderId: id, fulfillmentOrderLineItems: taken },
    ])
  }

  const left: Units = new Map([...missing].filter(([, quantity]) => quantity > 0))
  const held = fulfilmentOrders.filter(
    ({ status, lines }) =>
      waiting.has(status) &&
      lines.some(({ lineId, remaining }) => remaining > 0 && left.has(lineId)),
  )
  return { parcels: [...byLocation.values()], missing: left, held: held.map(({ id }) => id) }
}

const open: ReadonlySet<string> = new Set(['OPEN', 'IN_PROGRESS'])
const waiting: ReadonlySet<string> = new Set(['ON_HOLD', 'SCHEDULED'])

import { nextOf } from '../kit/ids.ts'
import { pageAfter } from '../kit/page.ts'
import type { Documents } from '../kit/twin.ts'
import type { TwinCreateOrder } from './create-order.ts'
import type { TwinShipment } from './order.ts'

interface Goods {
  readonly id: number
  readonly sku: string
  /** What lies where, and what of it is promised to shipments. */
  readonly places: Readonly<Record<string, { readonly onHand: number; readonly committed: number }>>
}

type Products = TwinCreateOrder['products']

/** What the twin has on its shelves; a product that was never counted ships all the same. */
export interface Shelf {
  count(goods: { readonly sku: string; readonly location: number; readonly onHand: number }): void
  /** Which centre sends what: those that have it, and the usual one the rest. */
  dealt(products: Products, usual: number): ReadonlyMap<number, Products>
  commit(shipment: TwinShipment): void
  release(shipment: TwinShipment): void
  /** It leaves, whether it was there or not. */
  leave(shipment: TwinShipment): void
  all(): readonly unknown[]
  /** `GET /2026-01/inventory-level/locations`. */
  page(query: URLSearchParams): unknown
}

export function shelf(documents: Documents): Shelf {
  // Only this file writes these kinds.
  const goodsOf = (sku: string) => documents.get('inventory', sku) as Goods | undefined
  const all = () => documents.all('inventory') as readonly Goods[]
  const put = (goods: Goods) => documents.put('inventory', goods.sku, goods)

  function change(shipment: TwinShipment, by: { onHand: number; committed: number }): void {
    const location = String(shipment.location.id)
    for (const { reference_id: sku, inventory_items: items } of shipment.products) {
      const goods = goodsOf(sku)
      if (!goods) continue
      const units = items.reduce((sum, { quantity }) => sum + quantity, 0)
      const { onHand = 0, committed = 0 } = goods.places[location] ?? {}
      const after = {
        onHand: onHand + by.onHand * units,
        committed: committed + by.committed * units,
      }
      put({ ...goods, places: { ...goods.places, [location]: after } })
    }
  }

  function deal(product: Products[number], usual: number, taken: Map<string, number>) {
    const { reference_id: sku } = product
    let rest = product.quantity
    const some = Object.entries(goodsOf(sku)?.places ?? {}).flatMap(([location, place]) => {
      const key = `${sku} ${location}`
      const free = Math.max(0, place.onHand - place.committed - (taken.get(key) ?? 0))
      const quantity = Math.min(rest, free)
      rest -= quantity
      taken.set(key, (taken.get(key) ?? 0) + quantity)
      return quantity > 0 ? [{ location: Number(location), quantity }] : []
    })
    return rest > 0 ? [...some, { location: usual, quantity: rest }] : some
  }

  return {
    dealt: (products, usual) => {
      const taken = new Map<string, number>()
      const dealt = new Map<number, Products[number][]>()
      for (const product of products) {
        for (const { location, quantity } of deal(product, usual, taken)) {
          dealt.set(location, [...(dealt.get(location) ?? []), { ...product, quantity }])
        }
      }
      return dealt
    },
    count: ({ sku, location, onHand }) => {
      const known = goodsOf(sku)
      const { id = nextOf(documents, 'inventory', 20_000_001), places = {} } = known ?? {}
      const committed = places[location]?.committed ?? 0
      put({ id, sku, places: { ...places, [location]: { onHand, committed } } })
    },
    commit: (shipment) => change(shipment, { onHand: 0, committed: 1 }),
    release: (shipment) => change(shipment, { onHand: 0, committed: -1 }),
    leave: (shipment) => change(shipment, { onHand: -1, committed: -1 }),
    all: () => all().map(shown),
    page: (query) => {
      const { page, last, hasMore } = pageAfter(all(), {
        key: ({ id }) => id,
        after: Number(query.get('cursor') ?? 0),
        size: Number(query.get('PageSize') ?? 50),
      })
      const rest = new URLSearchParams(query)
      rest.set('cursor', String(last?.id))
      const next = `https://api.shipbob.com/2026-01/inventory-level/locations?${rest}`
      return {
        first: null,
        items: page.map(shown),
        last: null,
        next: hasMore ? next : null,
        prev: null,
      }
    },
  }
}

const shown = ({ id, sku, places }: Goods) => ({
  inventory_id: id,
  name: sku,
  sku,
  locations: Object.entries(places).map(([location, { onHand, committed }]) => ({
    location_id: Number(location),
    name: 'Twin',
    on_hand_quantity: onHand,
    committed_quantity: committed,
    fulfillable_quantity: Math.max(0, onHand - committed),
    awaiting_quantity: 0,
    internal_transfer_quantity: 0,
  })),
})

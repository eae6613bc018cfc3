import type { ShipmentWire } from './wire.ts'

export interface Units {
  readonly sku: string
  readonly quantity: number
}

type Product = NonNullable<ShipmentWire['products']>[number]
type Count = (item: NonNullable<Product['inventory_items']>[number]) => number | null | undefined

/** What is in a shipment, by sku. */
export const contentsOf = ({ products }: ShipmentWire): readonly Units[] =>
  bySku(
    (products ?? []).map((product) => ({
      sku: skuOf(product),
      quantity: product.quantity || whole(product, ({ quantity }) => quantity),
    })),
  )

/**
 * What of a shipment waits for stock: of each item, as many as are not committed to it. Nothing when ShipBob does not say
 * how many are.
 */
export const shortOf = ({ products }: ShipmentWire): readonly Units[] =>
  bySku(
    (products ?? []).map((product) => {
      const items = product.inventory_items ?? []
      const known = items.every(({ quantity_committed }) => typeof quantity_committed === 'number')
      const wanted = whole(product, ({ quantity }) => quantity)
      const there = whole(product, ({ quantity_committed }) => quantity_committed)
      return { sku: skuOf(product), quantity: known ? wanted - there : 0 }
    }),
  )

/** Units of a sku added up, without those of which there are none and those without a name. */
export function bySku(units: readonly Units[]): readonly Units[] {
  const sums = new Map<string, number>()
  for (const { sku, quantity } of units) sums.set(sku, (sums.get(sku) ?? 0) + quantity)
  return [...sums]
    .filter(([sku, quantity]) => sku !== '' && quantity > 0)
    .map(([sku, quantity]) => ({ sku, quantity }))
}

export const skuOf = ({ reference_id, sku }: Pick<Product, 'reference_id' | 'sku'>): string =>
  reference_id || sku || ''

/**
 * The product itself has no quantity in 2026-01: its inventory items have. One item may be listed once per lot,
 * so those add up; a bundle lists several items, and of those the fewest says how many bundles are complete.
 */
function whole({ inventory_items }: Product, count: Count): number {
  const perItem = new Map<string, number>()
  for (const item of inventory_items ?? []) {
    perItem.set(item.id ?? '', (perItem.get(item.id ?? '') ?? 0) + (count(item) ?? 0))
  }
  return perItem.size === 0 ? 0 : Math.min(...perItem.values())
}

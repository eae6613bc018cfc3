import { Instant } from '../../schemas/canonical/instant.ts'
import type { ShipmentWire } from './wire.ts'

/** Where a shipment is. `short`: it waits for nothing but stock, and ShipBob says for which. */
export type Standing = 'left' | 'waiting' | 'held' | 'short' | 'cancelled'

/** `assumed` is what a shipment that is still in the warehouse means under the topic that it came with. */
export function standingOf(shipment: ShipmentWire, assumed: Standing = 'waiting'): Standing {
  const standing = standings[shipment.status ?? ''] ?? 'waiting'
  if (standing === 'held' && waitsForStock(shipment)) return 'short'
  if (standing !== 'waiting') return standing
  // ShipBob calls an order shipped once it has tracking; the label may be printed hours before pick-up.
  return trackingNumberOf(shipment) ? 'left' : assumed
}

/** How far a shipment is that cannot be cancelled any more, in words; `undefined` when it still can. */
export function tooLate({ status, status_details }: ShipmentWire): string | undefined {
  const names = (status_details ?? []).map(({ name }) => name?.toLowerCase())
  if (status === 'LabeledCreated') return 'labeled'
  return ['labeled', 'packed', 'picked'].find((stage) => names.includes(stage))
}

/** `Completed` has left the building, delivered or not (status reference, read 2026-11-21). */
const standings: Readonly<Record<string, Standing>> = {
  Completed: 'left',
  Exception: 'held',
  OnHold: 'held',
  ImportReview: 'held',
  Cancelled: 'cancelled',
}

/** Causes of an exception that end by themselves when there is stock (303 and 305 to 308 of the status reference). */
const lacks: ReadonlySet<string | null | undefined> = new Set([
  'OutOfStock',
  'InternalTransferInProgress',
  'BinTransferInProgress',
  'InventoryInNonPickableLocation',
  'InventoryPartiallyCommitted',
])

const waitsForStock = (shipment: ShipmentWire): boolean =>
  shipment.status === 'Exception' &&
  (shipment.status_details ?? []).length > 0 &&
  (shipment.status_details ?? []).every(({ name }) => lacks.has(name)) &&
  shortOf(shipment).length > 0

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

/**
 * ShipBob writes up to seven fractional digits, and now and then no zone, which is UTC then. These are dates of .NET, where
 * the first day of the year 1 stands for none.
 */
export function toInstant(text: string | null | undefined): Instant | undefined {
  if (!text || text.startsWith('0001-01-01')) return undefined
  const moment = new Date(/(?:Z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text}Z`)
  return Number.isNaN(moment.getTime()) ? undefined : Instant.safeParse(moment.toISOString()).data
}

/** The latest of some moments that ShipBob wrote. */
export const latest = (texts: readonly (string | null | undefined)[]): Instant | undefined =>
  texts
    .map(toInstant)
    .filter((instant) => instant !== undefined)
    .toSorted()
    .at(-1)

/** The moment before: what is said of a part gives way to what is said of the whole at the same moment. */
export const justBefore = (instant: Instant): Instant =>
  Instant.parse(new Date(Date.parse(instant) - 1).toISOString())

/** Freight has a PRO number instead. */
export const trackingNumberOf = ({ tracking }: ShipmentWire): string | undefined =>
  tracking?.tracking_number?.trim() || tracking?.pro_number?.trim() || undefined

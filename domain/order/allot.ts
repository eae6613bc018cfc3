import type { Shipment } from '../../schemas/canonical/shipment.ts'
import type { LedgerLine, OrderState } from '../../schemas/stored/order-state.ts'
import type { ReportedShipment } from '../reading.ts'
import { balanced, mayArrive, skuThere, toShip } from './lines.ts'

type Inside = Pick<Shipment, 'lines' | 'parts'>

/** A reported parcel in terms of the ledger's lines, and what does not fit. */
interface Allotted extends Inside {
  /** SKUs that are on no line. */
  readonly strange: readonly string[]
  /** SKUs with more units than were still expected. */
  readonly excess: readonly string[]
}

/**
 * Allots a parcel's units to the lines that still wait for them, in the order's sequence, then to units that were
 * cancelled while they left. If the warehouse knows a bundle only by its components, components count for it.
 */
export function allot(state: OrderState, { lines: parcel }: ReportedShipment): Allotted {
  const units = new Units()
  const parts = new Units()
  const strange: string[] = []
  const excess: string[] = []
  for (const { sku, quantity } of parcel) {
    const whole = state.lines.filter((line) => !isBundle(line) && skuThere(line) === sku)
    const bundles = state.lines.filter((line) => perBundle(line, sku) > 0)
    if (whole.length + bundles.length === 0) strange.push(sku)
    let left = quantity
    for (const room of [toShip, (line: LedgerLine) => mayArrive(line, state)]) {
      for (const line of whole)
        left -= units.add(line.id, '', Math.min(left, room(line) - units.of(line.id)))
      for (const line of bundles)
        left -= parts.add(
          line.id,
          sku,
          Math.min(left, missing(line, sku, room) - parts.of(line.id, sku)),
        )
    }
    if (left > 0 && whole.length + bundles.length > 0) excess.push(sku)
  }
  for (const line of state.lines.filter(isBundle)) {
    const complete = completed(line, (sku) => parts.of(line.id, sku))
    units.add(line.id, '', complete - line.shipped)
  }
  const inside = parts.all().map(([id, sku, quantity]) => ({ id, sku, quantity }))
  return {
    lines: units.all().map(([id, , quantity]) => ({ id, quantity })),
    ...(inside.length > 0 && { parts: inside }),
    strange,
    excess,
  }
}

/** A line's counts after a parcel, or after removing one that was counted before. */
export function withParcel(
  line: LedgerLine,
  { lines, parts = [] }: Inside,
  sign: 1 | -1,
): LedgerLine {
  const units = lines.find(({ id }) => id === line.id)?.quantity ?? 0
  const shipped = line.shipped + sign * units
  const counted = { ...line, shipped, released: Math.max(line.released, shipped) }
  const own = parts.filter(({ id }) => id === line.id)
  if (own.length === 0) return counted
  const sums = { ...line.parts }
  for (const { sku, quantity } of own) sums[sku] = (sums[sku] ?? 0) + sign * quantity
  return { ...counted, parts: sums }
}

/** The order as if the parcel had not been reported. */
export const shippedWithout = (state: OrderState, parcel: Inside): OrderState =>
  balanced({ ...state, lines: state.lines.map((line) => withParcel(line, parcel, -1)) })

const isBundle = (line: LedgerLine): boolean => line.called?.components !== undefined

const perBundle = (line: LedgerLine, sku: string): number =>
  line.called?.components?.find((component) => component.sku === sku)?.quantity ?? 0

/** Units of a component that a line's bundles can still take. */
const missing = (line: LedgerLine, sku: string, room: (line: LedgerLine) => number): number =>
  (line.shipped + room(line)) * perBundle(line, sku) - (line.parts?.[sku] ?? 0)

/** Complete bundles of a line that have left. */
function completed({ called, parts = {} }: LedgerLine, more: (sku: string) => number): number {
  const each = (called?.components ?? []).map(({ sku, quantity }) =>
    Math.floor(((parts[sku] ?? 0) + more(sku)) / quantity),
  )
  return Math.min(...each)
}

/** Units by line and SKU. */
class Units {
  private readonly counts = new Map<string, readonly [id: string, sku: string, quantity: number]>()

  of(id: string, sku = ''): number {
    return this.counts.get(`${id} ${sku}`)?.[2] ?? 0
  }

  /** Adds a positive quantity and returns what was added. */
  add(id: string, sku: string, quantity: number): number {
    if (quantity <= 0) return 0
    this.counts.set(`${id} ${sku}`, [id, sku, this.of(id, sku) + quantity])
    return quantity
  }

  all(): readonly (readonly [id: string, sku: string, quantity: number])[] {
    return [...this.counts.values()]
  }
}

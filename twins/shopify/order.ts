import { type Loose, listOf, loose, parseExactly, readJson } from '../kit/body.ts'
import { edited, exactId, idOf, textOf, unitsOf } from './body.ts'

/** An order as the twin keeps it. */
export interface StoredOrder {
  readonly id: string
  /** The body as a webhook carries it, with the bytes it came in until the twin itself changes it. */
  readonly body: string
  /** When the shop got or changed it, whatever the body says. */
  readonly changedAt: string
  readonly fulfilments: readonly StoredFulfilment[]
}

export interface StoredFulfilment {
  readonly id: string
  readonly name: string
  readonly status: string
  readonly createdAt: string
  readonly location: string
  readonly tracking: readonly {
    company: string | null
    number: string | null
    url: string | null
  }[]
  readonly lines: readonly { readonly id: string; readonly quantity: number }[]
}

/** What is still to be fulfilled from one location. Derived, so that it follows every change of the order. */
export interface FulfilmentOrder {
  readonly id: string
  readonly location: string
  readonly status: 'OPEN' | 'IN_PROGRESS' | 'ON_HOLD' | 'CLOSED' | 'CANCELLED'
  readonly lines: readonly FulfilmentOrderLine[]
}

interface FulfilmentOrderLine {
  readonly id: string
  readonly lineId: string
  readonly total: number
  readonly remaining: number
}

/** A stored order opened for reading. */
export interface OpenOrder extends StoredOrder {
  readonly wire: Loose
  readonly lines: readonly Loose[]
}

export function open(stored: StoredOrder): OpenOrder {
  const wire = loose(readJson(stored.body))
  return { ...stored, wire, lines: listOf(wire['line_items']) }
}

export const currentOf = (line: Loose): number =>
  Math.min(unitsOf(line['quantity']), unitsOf(line['current_quantity'], unitsOf(line['quantity'])))

/** Fulfilments made here, and those the body brought along. */
export function fulfilmentsOf(order: OpenOrder): readonly StoredFulfilment[] {
  const own = new Set(order.fulfilments.map(({ id }) => id))
  const brought = listOf(order.wire['fulfillments'])
    .map((wire) => ({ wire, id: idOf(wire) }))
    .flatMap(({ wire, id }) => (id && !own.has(id) ? [broughtAlong(id, wire)] : []))
  return [...brought, ...order.fulfilments]
}

const broughtAlong = (id: string, wire: Loose): StoredFulfilment => ({
  id,
  name: textOf(wire['name']) ?? `#${id}`,
  status: (textOf(wire['status']) ?? 'success').toUpperCase(),
  createdAt: textOf(wire['created_at']) ?? new Date(0).toISOString(),
  location: textOf(wire['location_id']) ?? '1',
  tracking: [
    {
      company: textOf(wire['tracking_company']),
      number: textOf(wire['tracking_number']),
      url: textOf(wire['tracking_url']),
    },
  ],
  lines: listOf(wire['line_items']).flatMap((line) => {
    const lineId = idOf(line)
    return lineId ? [{ id: lineId, quantity: unitsOf(line['quantity']) }] : []
  }),
})

/** Units of a line in fulfilments that stand, or as many as the body claims without showing any. */
export function fulfilledOf(order: OpenOrder, line: Loose): number {
  const id = idOf(line)
  const shown = fulfilmentsOf(order)
    .filter(({ status }) => status === 'SUCCESS')
    .flatMap(({ lines }) => lines)
    .filter((fulfilled) => fulfilled.id === id)
    .reduce((units, { quantity }) => units + quantity, 0)
  const status = line['fulfillment_status']
  const open = unitsOf(line['fulfillable_quantity'], currentOf(line))
  const claimed = status === 'fulfilled' ? currentOf(line) : currentOf(line) - open
  return Math.max(shown, status === 'fulfilled' || status === 'partial' ? claimed : 0)
}

/** One per location among the lines that ship; a line is at its `origin_location`, or at the shop's only one. */
export function fulfilmentOrdersOf(order: OpenOrder): readonly FulfilmentOrder[] {
  const physical = order.lines.filter(isPhysical)
  const locations = [...new Set(physical.map(locationOf))]
  return locations.map((location, index) => {
    const id = `${order.id}${serial(index)}`
    const lines = physical
      .filter((line) => locationOf(line) === location)
      .map((line, position) => ({
        id: `${id}${serial(position)}`,
        lineId: idOf(line) ?? '',
        total: currentOf(line),
        remaining: Math.max(0, currentOf(line) - fulfilledOf(order, line)),
      }))
    return { id, location, lines, status: statusOf(order, lines) }
  })
}

function statusOf(
  { wire }: OpenOrder,
  lines: readonly FulfilmentOrderLine[],
): FulfilmentOrder['status'] {
  const remaining = lines.some((line) => line.remaining > 0)
  if (wire['cancelled_at'] && remaining) return 'CANCELLED'
  if (!remaining) return 'CLOSED'
  if (listOf(wire['fulfillment_holds']).length > 0) return 'ON_HOLD'
  return lines.some((line) => line.remaining < line.total) ? 'IN_PROGRESS' : 'OPEN'
}

const isPhysical = (line: Loose): boolean =>
  line['requires_shipping'] !== false && line['gift_card'] !== true

const locationOf = (line: Loose): string => textOf(loose(line['origin_location'])['id']) ?? '1'

/** Ids are the order's with three digits, so that they lead back to it. */
export const serial = (index: number): string => String(index + 1).padStart(3, '0')

/** The order with one more fulfilment, and its body as Shopify would now send it. */
export function withFulfilment(stored: StoredOrder, made: StoredFulfilment): StoredOrder {
  const fulfilments = [...stored.fulfilments, made]
  const order = open({ ...stored, fulfilments })
  const exact = parseExactly(stored.body)
  const standing = new Map(order.lines.map((line) => [idOf(line), fulfilledOf(order, line)]))
  const changedLines = listOf(exact['line_items']).map((line, index) => {
    const read = order.lines[index] ?? {}
    const fulfilled = standing.get(idOf(read)) ?? 0
    const left = Math.max(0, currentOf(read) - fulfilled)
    const status = left === 0 ? 'fulfilled' : 'partial'
    return {
      ...line,
      fulfillable_quantity: left,
      fulfillment_status: fulfilled === 0 ? null : status,
    }
  })
  const left = fulfilmentOrdersOf(order).some(({ lines }) => lines.some((l) => l.remaining > 0))
  const changed = edited(stored, (exact) => ({
    line_items: changedLines,
    fulfillment_status: left ? 'partial' : 'fulfilled',
    fulfillments: [
      ...listOf(exact['fulfillments']),
      toWire(made, { order, exactLines: changedLines }),
    ],
  }))
  return { ...changed, fulfilments }
}

interface Surroundings {
  readonly order: OpenOrder
  readonly exactLines: readonly Loose[]
}

function toWire(made: StoredFulfilment, { order, exactLines }: Surroundings): Loose {
  const [tracking] = made.tracking
  return {
    id: exactId(made.id),
    admin_graphql_api_id: `gid://shopify/Fulfillment/${made.id}`,
    order_id: exactId(order.id),
    name: made.name,
    status: made.status.toLowerCase(),
    created_at: made.createdAt,
    updated_at: made.createdAt,
    tracking_company: tracking?.company ?? null,
    tracking_number: tracking?.number ?? null,
    tracking_numbers: made.tracking.flatMap(({ number }) => number ?? []),
    tracking_url: tracking?.url ?? null,
    tracking_urls: made.tracking.flatMap(({ url }) => url ?? []),
    line_items: made.lines.map(({ id, quantity }) => {
      const position = order.lines.findIndex((line) => idOf(line) === id)
      return { ...exactLines[position], quantity }
    }),
  }
}

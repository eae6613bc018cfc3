import type { TwinOrder } from './order.ts'

type Wants = (order: TwinOrder, value: string) => boolean

const moment = (value: string): number => Date.parse(value)
const tracked = ({ shipments }: TwinOrder): boolean =>
  shipments.some(({ tracking }) => tracking.tracking_number !== null)

/** Every change of an order is a change of one of its shipments. */
export const updatedAt = ({ created_date, shipments }: TwinOrder): number =>
  Math.max(moment(created_date), ...shipments.map(({ last_update_at }) => moment(last_update_at)))

const trackedAt = ({ shipments }: TwinOrder): number =>
  Math.max(0, ...shipments.map((shipment) => moment(shipment.last_tracking_update_at ?? '') || 0))

/** The filters of `GET /2026-01/order`; all that are given must hold. Names are read whatever their case. */
const filters: Readonly<Record<string, Wants>> = {
  ids: ({ id }, value) => value.split(',').includes(String(id)),
  referenceids: ({ reference_id }, value) => value.split(',').includes(reference_id),
  startdate: ({ created_date }, value) => moment(created_date) >= moment(value),
  enddate: ({ created_date }, value) => moment(created_date) <= moment(value),
  hastracking: (order, value) => tracked(order) === (value.toLowerCase() === 'true'),
  istrackinguploaded: ({ shipments }, value) =>
    shipments.every((shipment) => shipment.is_tracking_uploaded) ===
    (value.toLowerCase() === 'true'),
  lastupdatestartdate: (order, value) => updatedAt(order) >= moment(value),
  lastupdateenddate: (order, value) => updatedAt(order) <= moment(value),
  lasttrackingupdatestartdate: (order, value) =>
    tracked(order) && trackedAt(order) >= moment(value),
  lasttrackingupdateenddate: (order, value) => tracked(order) && trackedAt(order) <= moment(value),
}

/** Oldest first unless `SortOrder=Newest`, in pages of 50 unless `Limit` says otherwise. */
export function listOrders(orders: readonly TwinOrder[], query: URLSearchParams) {
  const asked = [...query].map(([name, value]) => [name.toLowerCase(), value] as const)
  const found = orders
    .filter((order) => asked.every(([name, value]) => filters[name]?.(order, value) ?? true))
    .toSorted((a, b) => a.id - b.id)
  const given = new Map(asked)
  if (given.get('sortorder')?.toLowerCase() === 'newest') found.reverse()

  const size = within(given.get('limit'), 50, 250)
  const page = within(given.get('page'), 1, 2_147_483_647)
  const pages = Math.ceil(found.length / size)
  const next = new URLSearchParams(query)
  next.delete('page')
  next.set('Page', String(page + 1))
  return {
    orders: found.slice((page - 1) * size, page * size),
    headers: {
      'page-number': String(page),
      'page-size': String(size),
      'total-count': String(found.length),
      'total-pages': String(pages),
      ...(page < pages && { 'next-page': `/2026-01/order?${next}` }),
    },
  }
}

function within(text: string | undefined, usual: number, most: number): number {
  const value = Number(text ?? usual)
  return Number.isInteger(value) && value >= 1 ? Math.min(value, most) : usual
}

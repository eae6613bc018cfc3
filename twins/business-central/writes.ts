import type { TwinReply, TwinRequest, TwinWorld } from '../kit/twin.ts'
import {
  changed,
  dialog,
  noRecord,
  noSegment,
  notAllowed,
  nothing,
  shown,
  withoutToken,
} from './answers.ts'
import { writeLine } from './lines.ts'
import { show, showLine } from './list.ts'
import { changeOrder, saveOrder } from './orders.ts'
import { shipAndInvoice } from './posting.ts'
import { etagOf, save, type TwinOrder } from './records.ts'

interface Write {
  readonly request: TwinRequest
  readonly rest: string
  readonly input: unknown
}

/** Changes an order or one of its lines, deletes one, adds a line, or posts. */
export function writeToOrder(
  { request, rest, input }: Write,
  order: TwinOrder,
  world: TwinWorld,
): TwinReply {
  const { method } = request
  if (method === 'POST' && rest === 'Microsoft.NAV.shipAndInvoice') {
    return shipAndInvoice(world, order)
  }
  if (method === 'POST' && rest === 'salesOrderLines') {
    const line = writeLine(world, { body: input, order })
    if (!line.ok) return line.error
    saveOrder(world, { ...order, lines: [...order.lines, line.value] })
    return shown(201, showLine(line.value))
  }
  if (rest === '') {
    const stale = staleness(request, order)
    if (stale) return stale
    if (method === 'DELETE') return deleteOrder(world, order)
    if (method !== 'PATCH') return notAllowed(method, 'salesOrders')
    const saved = changeOrder(world, order, input)
    return saved.ok ? shown(200, show('salesOrder', saved.value, false)) : saved.error
  }
  return toLine({ request, rest, input }, order, world)
}

function toLine({ request, rest, input }: Write, order: TwinOrder, world: TwinWorld): TwinReply {
  const [, lineId] = /^salesOrderLines\(([\w-]+)\)$/.exec(rest) ?? []
  if (lineId === undefined) return noSegment(rest)
  const before = order.lines.find(({ id }) => id === lineId)
  if (!before) return noRecord('Sales Invoice Line Aggregate')
  const stale = staleness(request, before)
  if (stale) return stale
  if (request.method === 'DELETE') {
    if (before.shippedQuantity > 0) return dialog('Quantity Shipped must be equal to 0.')
    saveOrder(world, { ...order, lines: order.lines.filter(({ id }) => id !== lineId) })
    return nothing()
  }
  if (request.method !== 'PATCH') return notAllowed(request.method, 'salesOrderLines')
  const line = writeLine(world, { body: input, before, order })
  if (!line.ok) return line.error
  const lines = order.lines.map((one) => (one.id === lineId ? line.value : one))
  saveOrder(world, { ...order, lines })
  return shown(200, showLine(line.value))
}

function deleteOrder(world: TwinWorld, order: TwinOrder): TwinReply {
  const isShipped = order.lines.some(
    ({ shippedQuantity, invoicedQuantity }) => shippedQuantity > invoicedQuantity,
  )
  if (isShipped) return dialog('Qty. Shipped Not Invoiced must be equal to 0.')
  save(world, 'salesOrder', { ...order, deleted: true })
  return nothing()
}

/** A record is changed by who has read it as it is. */
function staleness(
  { headers }: TwinRequest,
  record: { readonly id: string; readonly version: number },
): TwinReply | undefined {
  const token = headers['if-match']
  if (!token) return withoutToken()
  return token === '*' || token === etagOf(record) ? undefined : changed()
}

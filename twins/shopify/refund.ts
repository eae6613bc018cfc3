import { type Loose, listOf } from '../kit/body.ts'
import { digits, edited, exactId, idOf, textOf } from './body.ts'
import { currentOf, fulfilledOf, type OpenOrder, type StoredOrder } from './order.ts'
import { currencyOf, decimal, minorOf, type Payment, paymentsOf, worthOf } from './payments.ts'

/** The argument of `refundCreate`, as GraphQL has already checked it. */
export interface RefundInput {
  readonly orderId: string
  readonly note?: string
  readonly currency?: string
  readonly refundLineItems?: readonly RefundLineInput[]
  readonly transactions?: readonly { readonly amount: string }[]
}

export interface RefundLineInput {
  readonly lineItemId: string
  readonly quantity: number
  readonly restockType?: string
  readonly locationId?: string
}

type Refunding = { readonly changed: StoredOrder; readonly refundId: string } | { error: string }

/** Takes units back, with or without money, or says why not. */
export function refunded(order: OpenOrder, input: RefundInput, at: string): Refunding {
  const lines = input.refundLineItems ?? []
  const wrong = lines.map((line) => refusalOf(order, line)).find((reason) => reason !== undefined)
  if (wrong) return { error: wrong }
  const pays = (input.transactions ?? []).length > 0
  if (pays && paymentsOf(order).length === 0) return { error: 'Transactions has no parent.' }
  const two = textOf(order.wire['presentment_currency']) ?? currencyOf(order.wire)
  if (two !== currencyOf(order.wire) && input.currency !== two) {
    return { error: 'Currency must be the presentment currency.' }
  }
  const refundId = `${order.id}${String(801 + listOf(order.wire['refunds']).length)}`
  const taken = new Map(lines.map((line) => [digits(line.lineItemId), line]))
  const changed = edited(order, (exact) => ({
    line_items: listOf(exact['line_items']).map((line, i) => less(order, line, { i, taken })),
    current_total_price: textOf(
      decimal(
        minorOf(exact['current_total_price'] ?? exact['total_price'], currencyOf(order.wire)) -
          amountOf(order, lines),
        currencyOf(order.wire),
      ),
    ),
    ...(pays && { financial_status: statusAfter(order, lines) }),
    refunds: [...listOf(exact['refunds']), toWire(order, { refundId, input, at })],
  }))
  return { changed, refundId }
}

function refusalOf(order: OpenOrder, { lineItemId, quantity, restockType }: RefundLineInput) {
  const line = order.lines.find((candidate) => idOf(candidate) === digits(lineItemId))
  if (!line) return 'Line item does not exist.'
  const open = currentOf(line) - (restockType === 'CANCEL' ? fulfilledOf(order, line) : 0)
  return quantity <= 0 || quantity > open
    ? 'Refund line items quantity cannot refund more items than were purchased'
    : undefined
}

interface Less {
  readonly i: number
  readonly taken: ReadonlyMap<string, RefundLineInput>
}

function less(order: OpenOrder, exact: Loose, { i, taken }: Less): Loose {
  const line = order.lines[i] ?? {}
  const quantity = taken.get(idOf(line) ?? '')?.quantity ?? 0
  if (quantity === 0) return exact
  const left = currentOf(line) - quantity
  return {
    ...exact,
    current_quantity: left,
    fulfillable_quantity: Math.max(0, left - fulfilledOf(order, line)),
  }
}

/** What a refund of these lines gives back, in the shop's minor units. */
export function amountOf(order: OpenOrder, lines: readonly RefundLineInput[]): number {
  return lines.reduce((all, { lineItemId, quantity }) => {
    const line = order.lines.find((candidate) => idOf(candidate) === digits(lineItemId))
    if (!line) return all
    const before = Number(line['quantity']) - currentOf(line)
    return all + worthOf(order.wire, line, { before, units: quantity })
  }, 0)
}

function statusAfter(order: OpenOrder, lines: readonly RefundLineInput[]): string {
  const { wire } = order
  const left = minorOf(wire['current_total_price'] ?? wire['total_price'], currencyOf(wire))
  return left - amountOf(order, lines) <= 0 ? 'refunded' : 'partially_refunded'
}

/** The payment that a refund goes back to: the one that is not just authorized. */
export const paidBy = (order: OpenOrder): Payment | undefined =>
  paymentsOf(order).find(
    ({ kind, status }) => status === 'SUCCESS' && (kind === 'SALE' || kind === 'CAPTURE'),
  )

interface Made {
  readonly refundId: string
  readonly input: RefundInput
  readonly at: string
}

const toWire = (order: OpenOrder, { refundId, input, at }: Made): Loose => ({
  id: exactId(refundId),
  admin_graphql_api_id: `gid://shopify/Refund/${refundId}`,
  order_id: exactId(order.id),
  created_at: at,
  note: input.note ?? null,
  refund_line_items: (input.refundLineItems ?? []).map((line, index) => ({
    id: index + 1,
    line_item_id: exactId(digits(line.lineItemId)),
    quantity: line.quantity,
    restock_type: (line.restockType ?? 'NO_RESTOCK').toLowerCase(),
  })),
})

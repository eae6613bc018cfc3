import { type Loose, listOf, loose } from '../kit/body.ts'
import { digits, idOf, momentOf, textOf, unitsOf } from './body.ts'
import { holdsOf } from './hold.ts'
import { moneyBag, presentedBag, toTransaction } from './money.ts'
import {
  currentOf,
  type FulfilmentOrder,
  fulfilledOf,
  fulfilmentOrdersOf,
  fulfilmentsOf,
  type OpenOrder,
  type StoredFulfilment,
} from './order.ts'
import { connection, type Slice } from './pages.ts'
import { currencyOf, decimal, gatewaysOf, paymentsOf } from './payments.ts'
import { toAddress, toCustomer } from './people.ts'
import { amountOf, paidBy, type RefundLineInput } from './refund.ts'

/** The order as the Admin API shows it: fields are values, connections are functions of their arguments. */
export function toOrderNode(order: OpenOrder) {
  const { wire, id } = order
  const currency = textOf(wire['currency']) ?? ''
  const bag = (amount: unknown) => moneyBag(amount, currency)
  const transactions = paymentsOf(order).map((payment) => toTransaction(order, payment))
  const bagOf = (set: unknown) => {
    const amount = loose(loose(set)['shop_money'])['amount']
    return amount === undefined ? null : bag(amount)
  }
  return {
    id: `gid://shopify/Order/${id}`,
    legacyResourceId: id,
    name: textOf(wire['name']) ?? `#${textOf(wire['order_number']) ?? id}`,
    createdAt: utc(wire['created_at']),
    updatedAt: utc(wire['updated_at']),
    cancelledAt: wire['cancelled_at'] ? utc(wire['cancelled_at']) : null,
    cancelReason: textOf(wire['cancel_reason'])?.toUpperCase() ?? null,
    currencyCode: currency,
    taxesIncluded: wire['taxes_included'] === true,
    dutiesIncluded: wire['duties_included'] === true,
    test: wire['test'] === true,
    displayFinancialStatus: textOf(wire['financial_status'])?.toUpperCase() ?? null,
    displayFulfillmentStatus: displayStatus(order),
    sourceName: textOf(wire['source_name']),
    presentmentCurrencyCode: textOf(wire['presentment_currency']) ?? currency,
    paymentGatewayNames: gatewaysOf(wire),
    transactions: ({ first }: Slice) => transactions.slice(0, first),
    risk: toRisk(textOf(loose(wire['risk'])['recommendation'])),
    refunds: ({ first }: Slice) => refundsOf(order).slice(0, first),
    suggestedRefund: (asked: { readonly refundLineItems?: readonly RefundLineInput[] }) =>
      toSuggestion(order, asked.refundLineItems ?? []),
    email: textOf(wire['email']),
    phone: textOf(wire['phone']),
    note: textOf(wire['note']),
    totalPriceSet: presentedBag(order, wire['total_price']),
    currentTotalPriceSet: bag(wire['current_total_price'] ?? wire['total_price']),
    totalTaxSet: wire['total_tax'] == null ? null : bag(wire['total_tax']),
    totalDiscountsSet: wire['total_discounts'] == null ? null : bag(wire['total_discounts']),
    totalTipReceivedSet: bag(wire['total_tip_received'] ?? '0.00'),
    originalTotalDutiesSet: bagOf(wire['original_total_duties_set']),
    originalTotalAdditionalFeesSet: bagOf(wire['original_total_additional_fees_set']),
    customer: toCustomer(wire['customer']),
    shippingAddress: toAddress(wire['shipping_address']),
    billingAddress: toAddress(wire['billing_address']),
    shippingLines: (slice: Slice) =>
      connection(
        listOf(wire['shipping_lines'])
          .filter((line) => line['is_removed'] !== true)
          .map((line) => ({
            title: textOf(line['title']) ?? '',
            code: textOf(line['code']),
            originalPriceSet: bag(line['price']),
            ...sharesOf(line, currency),
          })),
        slice,
      ),
    lineItems: (slice: Slice) =>
      connection(
        order.lines.map((line) => toLineNode(order, line)),
        slice,
      ),
    fulfillments: ({ first }: Slice) =>
      fulfilmentsOf(order)
        .slice(0, first)
        .map((made) => toFulfilmentNode(order, made)),
    fulfillmentOrders: (slice: Slice) =>
      connection(
        fulfilmentOrdersOf(order).map((planned) => toFulfilmentOrderNode(order, planned)),
        slice,
      ),
  }
}

export function toFulfilmentNode(order: OpenOrder, made: StoredFulfilment) {
  const lines = made.lines.map(({ id, quantity }, index) => ({
    id: `gid://shopify/FulfillmentLineItem/${made.id}${index}`,
    quantity,
    lineItem: toLineNode(order, lineOf(order, id)),
  }))
  return {
    id: `gid://shopify/Fulfillment/${made.id}`,
    name: made.name,
    status: made.status,
    order: { id: `gid://shopify/Order/${order.id}` },
    createdAt: utc(made.createdAt),
    trackingInfo: ({ first }: Slice) => made.tracking.slice(0, first),
    fulfillmentLineItems: (slice: Slice) => connection(lines, slice),
  }
}

export function toFulfilmentOrderNode(order: OpenOrder, planned: FulfilmentOrder) {
  const lines = planned.lines.map(({ id, lineId, total, remaining }) => ({
    id: `gid://shopify/FulfillmentOrderLineItem/${id}`,
    totalQuantity: total,
    remainingQuantity: planned.status === 'CANCELLED' ? 0 : remaining,
    lineItem: toLineNode(order, lineOf(order, lineId)),
  }))
  return {
    id: `gid://shopify/FulfillmentOrder/${planned.id}`,
    status: planned.status,
    orderId: `gid://shopify/Order/${order.id}`,
    fulfillmentHolds: planned.status === 'ON_HOLD' ? holdsOf(order) : [],
    assignedLocation: { location: { id: `gid://shopify/Location/${planned.location}` } },
    lineItems: (slice: Slice) => connection(lines, slice),
  }
}

/** A node without arguments, its connections in full: what `state()` shows. */
export function plain(node: unknown): unknown {
  if (typeof node === 'function') return plain(node({ first: 1000 }))
  if (Array.isArray(node)) return node.map(plain)
  if (typeof node !== 'object' || node === null) return node
  const fields = Object.entries(node).filter(([name]) => !derived.has(name))
  return Object.fromEntries(fields.map(([name, value]) => [name, plain(value)]))
}

const derived: ReadonlySet<string> = new Set(['suggestedRefund', 'fulfillmentOrders', 'pageInfo'])

const lineOf = (order: OpenOrder, id: string): Loose =>
  order.lines.find((line) => idOf(line) === id) ?? { id }

function toLineNode(order: OpenOrder, line: Loose) {
  const quantity = unitsOf(line['quantity'])
  const fulfilled = fulfilledOf(order, line)
  const unfulfilled = Math.max(0, currentOf(line) - fulfilled)
  const currency = textOf(order.wire['currency']) ?? ''
  return {
    id: `gid://shopify/LineItem/${idOf(line) ?? ''}`,
    sku: textOf(line['sku']),
    name: textOf(line['name']) ?? textOf(line['title']) ?? '',
    title: textOf(line['title']) ?? '',
    quantity,
    currentQuantity: currentOf(line),
    unfulfilledQuantity: unfulfilled,
    nonFulfillableQuantity: Math.max(0, quantity - fulfilled - unfulfilled),
    isGiftCard: line['gift_card'] === true,
    requiresShipping: line['requires_shipping'] !== false,
    originalUnitPriceSet: moneyBag(line['price'], currency),
    ...sharesOf(line, currency),
  }
}

const sharesOf = (line: Loose, currency: string) => ({
  discountAllocations: listOf(line['discount_allocations']).map(({ amount }) => ({
    allocatedAmountSet: moneyBag(amount, currency),
  })),
  taxLines: listOf(line['tax_lines']).map(({ price, title, channel_liable }) => ({
    title: textOf(title) ?? '',
    channelLiable: channel_liable === true,
    priceSet: moneyBag(price, currency),
  })),
})

const toRisk = (recommendation: string | null) => ({
  recommendation: recommendation === 'high' ? 'CANCEL' : (recommendation?.toUpperCase() ?? 'NONE'),
  assessments: recommendation === 'high' ? [{ riskLevel: 'HIGH' }] : [],
})

export const refundsOf = (order: OpenOrder) =>
  listOf(order.wire['refunds']).map((refund) => {
    const id = idOf(refund) ?? '0'
    const lines = listOf(refund['refund_line_items']).map((line) => ({
      quantity: unitsOf(line['quantity']),
      restockType: (textOf(line['restock_type']) ?? 'no_restock').toUpperCase(),
      lineItem: toLineNode(order, lineOf(order, textOf(line['line_item_id']) ?? '0')),
      location: null,
    }))
    return {
      id: `gid://shopify/Refund/${id}`,
      note: textOf(refund['note']),
      refundLineItems: (slice: Slice) => connection(lines, slice),
    }
  })

/** What a refund of these lines would be: to the payment that paid, where something was paid. */
function toSuggestion(order: OpenOrder, lines: readonly RefundLineInput[]) {
  const currency = currencyOf(order.wire)
  const amount = decimal(amountOf(order, lines), currency)
  const payment = paidBy(order)
  return {
    amountSet: presentedBag(order, amount),
    refundLineItems: lines.map(({ lineItemId, quantity, restockType = 'NO_RESTOCK' }) => ({
      quantity,
      restockType,
      lineItem: toLineNode(order, lineOf(order, digits(lineItemId))),
      location: { id: 'gid://shopify/Location/1' },
    })),
    suggestedTransactions: payment
      ? [
          {
            gateway: payment.gateway,
            amountSet: presentedBag(order, amount),
            parentTransaction: toTransaction(order, payment),
          },
        ]
      : [],
  }
}

function displayStatus(order: OpenOrder): string {
  if (fulfilmentOrdersOf(order).some(({ status }) => status === 'ON_HOLD')) return 'ON_HOLD'
  const lines = fulfilmentOrdersOf(order).flatMap((planned) => planned.lines)
  if (lines.every(({ remaining }) => remaining === 0)) return 'FULFILLED'
  return lines.some(({ remaining, total }) => remaining < total)
    ? 'PARTIALLY_FULFILLED'
    : 'UNFULFILLED'
}

const utc = (value: unknown): string => {
  const moment = momentOf(value)
  return new Date(Number.isNaN(moment) ? 0 : moment).toISOString().replace('.000Z', 'Z')
}

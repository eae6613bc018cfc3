import {
  filled,
  idOfGid,
  type SoldAddress,
  type SoldAmount,
  type SoldLine,
  type SoldOrder,
  type SoldPayment,
  type SoldTax,
} from './sold-order.ts'
import type { OrderNode } from './wire-graphql.ts'

type Line = OrderNode['lineItems']['nodes'][number]
type Address = NonNullable<OrderNode['shippingAddress']>

/** The Admin API's order in the words both shapes share. */
export function fromNode(node: OrderNode): SoldOrder {
  const { customer, originalTotalDutiesSet: duties } = node
  return {
    id: idOfGid(node.id) ?? '',
    number: node.name,
    createdAt: node.createdAt,
    updatedAt: node.updatedAt,
    currency: node.currencyCode,
    taxesIncluded: node.taxesIncluded,
    dutiesIncluded: node.dutiesIncluded,
    test: node.test,
    cancelledAt: node.cancelledAt ?? undefined,
    cancelReason: node.cancelReason?.toLowerCase(),
    financialStatus: node.displayFinancialStatus?.toLowerCase(),
    source: filled(node.sourceName)?.toLowerCase(),
    holds: heldFor(node),
    risk: riskOf(node.risk),
    gateways: node.paymentGatewayNames,
    payments: node.transactions.map(fromTransaction),
    total: amountOf(node.totalPriceSet),
    presentment: {
      currency: node.totalPriceSet.presentmentMoney.currencyCode,
      total: node.totalPriceSet.presentmentMoney.amount,
    },
    currentTotal: amountOf(node.currentTotalPriceSet),
    totalTax: node.totalTaxSet ? amountOf(node.totalTaxSet) : undefined,
    totalDiscounts: node.totalDiscountsSet ? amountOf(node.totalDiscountsSet) : undefined,
    tip: amountOf(node.totalTipReceivedSet),
    duties: duties ? [duties.shopMoney] : [],
    fees: node.originalTotalAdditionalFeesSet
      ? amountOf(node.originalTotalAdditionalFeesSet)
      : undefined,
    lines: node.lineItems.nodes.map(fromLine),
    shipping: node.shippingLines.nodes.map((line) => ({
      title: line.title,
      code: filled(line.code),
      price: amountOf(line.originalPriceSet),
      discounts: allocated(line.discountAllocations),
      taxes: taxed(line.taxLines),
    })),
    ...(customer && {
      customer: {
        id: idOfGid(customer.id),
        firstName: filled(customer.firstName),
        lastName: filled(customer.lastName),
        email: filled(customer.defaultEmailAddress?.emailAddress),
        phone: filled(customer.defaultPhoneNumber?.phoneNumber),
      },
    }),
    email: filled(node.email),
    phone: filled(node.phone),
    note: filled(node.note),
    shipTo: fromAddress(node.shippingAddress),
    billTo: fromAddress(node.billingAddress),
  }
}

function fromLine(line: Line): SoldLine {
  const outstanding = line.unfulfilledQuantity + line.nonFulfillableQuantity
  return {
    id: idOfGid(line.id) ?? '',
    sku: filled(line.sku),
    title: line.name,
    quantity: line.quantity,
    currentQuantity: line.currentQuantity,
    fulfilled: Math.max(0, line.quantity - outstanding),
    price: amountOf(line.originalUnitPriceSet),
    discounts: allocated(line.discountAllocations),
    taxes: taxed(line.taxLines),
    giftCard: line.isGiftCard,
    requiresShipping: line.requiresShipping,
  }
}

const fromAddress = (node: Address | null | undefined): SoldAddress | undefined =>
  node
    ? {
        firstName: filled(node.firstName),
        lastName: filled(node.lastName),
        name: filled(node.name),
        company: filled(node.company),
        address1: filled(node.address1),
        address2: filled(node.address2),
        city: filled(node.city),
        province: filled(node.province),
        provinceCode: filled(node.provinceCode),
        zip: filled(node.zip),
        countryCode: filled(node.countryCodeV2),
        phone: filled(node.phone),
      }
    : undefined

const amountOf = ({ shopMoney }: OrderNode['currentTotalPriceSet']): string => shopMoney.amount
const allocated = (allocations: Line['discountAllocations']): readonly SoldAmount[] =>
  allocations.map(({ allocatedAmountSet }) => allocatedAmountSet.shopMoney)
const taxed = (lines: Line['taxLines']): SoldTax[] =>
  lines.map(({ priceSet, channelLiable }) => ({
    amount: amountOf(priceSet),
    facilitated: channelLiable === true,
  }))

const fromTransaction = (node: OrderNode['transactions'][number]): SoldPayment => ({
  id: idOfGid(node.id) ?? '',
  ...(node.parentTransaction && { parent: idOfGid(node.parentTransaction.id) }),
  kind: node.kind.toLowerCase(),
  status: node.status.toLowerCase(),
  gateway: node.gateway ?? '',
  amount: amountOf(node.amountSet),
})

/** Every reason that holds a fulfilment order now; one whose reasons cannot be seen is held for another. */
function heldFor({ fulfillmentOrders, displayFulfillmentStatus }: OrderNode): readonly string[] {
  const held = fulfillmentOrders.nodes.filter(({ status }) => status === 'ON_HOLD')
  const reasons = held.flatMap(({ fulfillmentHolds }) =>
    fulfillmentHolds.map(({ reason }) => reason.toLowerCase()),
  )
  const isHeld = held.length > 0 || displayFulfillmentStatus === 'ON_HOLD'
  return reasons.length === 0 && isHeld ? ['other'] : reasons
}

const riskOf = ({ recommendation, assessments }: OrderNode['risk']): string =>
  assessments.some(({ riskLevel }) => riskLevel === 'HIGH') ? 'high' : recommendation.toLowerCase()

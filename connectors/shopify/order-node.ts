import { z } from 'zod'
import { Currency, KnownCurrency } from '../../schemas/canonical/money.ts'
import { filled, peopleOf } from '../kit/people.ts'
import { Amount, Moment, Text, texts } from '../kit/shapes.ts'
import { idOfGid } from './client.ts'
import type { SoldLine, SoldOrder } from './to-order.ts'

const Gid = z.string().regex(/^gid:\/\/shopify\/\w+\/\d+/, 'is not a GraphQL id')

/** An amount in the shop's currency. */
const Bag = z.object({ shopMoney: z.object({ amount: Amount }) })
const amountOf = ({ shopMoney }: z.infer<typeof Bag>): string => shopMoney.amount

/** What a line and a carriage are worth beside their price. */
const worth = {
  discountAllocations: z
    .array(z.object({ allocatedAmountSet: Bag }))
    .transform((parts) => parts.map(({ allocatedAmountSet }) => allocatedAmountSet.shopMoney)),
  taxLines: z.array(
    z
      .object({ priceSet: Bag, channelLiable: z.boolean().nullish() })
      .transform(({ priceSet, channelLiable }) => ({
        amount: amountOf(priceSet),
        facilitated: channelLiable === true,
      })),
  ),
}

const Address = z.object({
  ...texts('firstName', 'lastName', 'name', 'company', 'address1', 'address2', 'city'),
  ...texts('province', 'provinceCode', 'zip', 'countryCodeV2', 'phone'),
})

const Line = z.object({
  id: Gid,
  sku: Text,
  name: z.string(),
  quantity: z.int().nonnegative(),
  currentQuantity: z.int().nonnegative(),
  unfulfilledQuantity: z.int(),
  nonFulfillableQuantity: z.int(),
  isGiftCard: z.boolean(),
  requiresShipping: z.boolean(),
  originalUnitPriceSet: Bag,
  ...worth,
})

const ShippingLine = z.object({ title: z.string(), code: Text, originalPriceSet: Bag, ...worth })

const Transaction = z.object({
  id: Gid,
  parentTransaction: z.object({ id: Gid }).nullish(),
  kind: z.string(),
  status: z.string(),
  gateway: Text,
  amountSet: Bag,
})

const FulfilmentOrder = z.object({
  status: z.string(),
  fulfillmentHolds: z.array(z.object({ reason: z.string() })),
})

/** An order as the Admin API answers to `orderFields` in `operations.ts`. */
export const OrderNode = z.object({
  ...texts('cancelReason', 'displayFinancialStatus', 'sourceName', 'email', 'phone', 'note'),
  id: Gid,
  name: z.string(),
  createdAt: Moment,
  updatedAt: Moment,
  currencyCode: KnownCurrency,
  taxesIncluded: z.boolean(),
  dutiesIncluded: z.boolean(),
  test: z.boolean(),
  cancelledAt: Moment.nullish(),
  displayFulfillmentStatus: z.string(),
  fulfillmentOrders: z.object({ nodes: z.array(FulfilmentOrder) }),
  risk: z.object({
    recommendation: z.string(),
    assessments: z.array(z.object({ riskLevel: z.string() })),
  }),
  paymentGatewayNames: z.array(z.string()),
  transactions: z.array(Transaction),
  totalPriceSet: Bag.extend({
    presentmentMoney: z.object({ amount: z.string(), currencyCode: Currency }),
  }),
  currentTotalPriceSet: Bag,
  totalTaxSet: Bag.nullish(),
  totalDiscountsSet: Bag.nullish(),
  totalTipReceivedSet: Bag,
  originalTotalDutiesSet: Bag.nullish(),
  originalTotalAdditionalFeesSet: Bag.nullish(),
  customer: z
    .object({
      id: Gid,
      ...texts('firstName', 'lastName'),
      defaultEmailAddress: z.object({ emailAddress: Text }).nullish(),
      defaultPhoneNumber: z.object({ phoneNumber: Text }).nullish(),
    })
    .nullish(),
  shippingAddress: Address.nullish(),
  billingAddress: Address.nullish(),
  shippingLines: z.object({ nodes: z.array(ShippingLine) }),
  lineItems: z
    .object({ nodes: z.array(Line) })
    .refine(({ nodes }) => nodes.length > 0, 'has no lines'),
})
export type OrderNode = z.infer<typeof OrderNode>

/** The Admin API's order in the words both shapes share. */
export function fromNode(node: OrderNode): SoldOrder {
  const { customer, shippingAddress, totalPriceSet } = node
  const { presentmentMoney } = totalPriceSet
  return {
    id: idOfGid(node.id) ?? '',
    number: node.name,
    createdAt: node.createdAt,
    updatedAt: node.updatedAt,
    currency: node.currencyCode,
    taxesIncluded: node.taxesIncluded,
    dutiesIncluded: node.dutiesIncluded,
    test: node.test,
    cancelledAt: node.cancelledAt,
    cancelReason: node.cancelReason?.toLowerCase(),
    financialStatus: node.displayFinancialStatus?.toLowerCase(),
    source: filled(node.sourceName)?.toLowerCase(),
    holds: heldFor(node),
    risk: riskOf(node.risk),
    gateways: node.paymentGatewayNames,
    payments: node.transactions.map(({ id, parentTransaction, amountSet, ...one }) => ({
      id: idOfGid(id) ?? '',
      parent: idOfGid(parentTransaction?.id),
      kind: one.kind.toLowerCase(),
      status: one.status.toLowerCase(),
      gateway: one.gateway ?? '',
      amount: amountOf(amountSet),
    })),
    total: amountOf(totalPriceSet),
    presentment: { currency: presentmentMoney.currencyCode, total: presentmentMoney.amount },
    currentTotal: amountOf(node.currentTotalPriceSet),
    totalTax: node.totalTaxSet && amountOf(node.totalTaxSet),
    totalDiscounts: node.totalDiscountsSet && amountOf(node.totalDiscountsSet),
    tip: amountOf(node.totalTipReceivedSet),
    duties: node.originalTotalDutiesSet ? [node.originalTotalDutiesSet.shopMoney] : [],
    fees: node.originalTotalAdditionalFeesSet && amountOf(node.originalTotalAdditionalFeesSet),
    lines: node.lineItems.nodes.map(fromLine),
    shipping: node.shippingLines.nodes.map((line) => ({
      title: line.title,
      code: filled(line.code),
      price: amountOf(line.originalPriceSet),
      discounts: line.discountAllocations,
      taxes: line.taxLines,
    })),
    hasAddress: Boolean(shippingAddress),
    people: peopleOf({
      customer: {
        id: idOfGid(customer?.id),
        firstName: customer?.firstName,
        lastName: customer?.lastName,
        email: filled(node.email) ?? customer?.defaultEmailAddress?.emailAddress,
        phone: filled(node.phone) ?? customer?.defaultPhoneNumber?.phoneNumber,
      },
      shipTo: shippingAddress && fromAddress(shippingAddress),
      billTo: node.billingAddress && fromAddress(node.billingAddress),
      note: node.note,
    }),
  }
}

const fromLine = (line: z.infer<typeof Line>): SoldLine => ({
  id: idOfGid(line.id) ?? '',
  sku: filled(line.sku),
  title: line.name,
  quantity: line.quantity,
  currentQuantity: line.currentQuantity,
  fulfilled: Math.max(0, line.quantity - line.unfulfilledQuantity - line.nonFulfillableQuantity),
  price: amountOf(line.originalUnitPriceSet),
  discounts: line.discountAllocations,
  taxes: line.taxLines,
  giftCard: line.isGiftCard,
  requiresShipping: line.requiresShipping,
})

const fromAddress = ({ zip, countryCodeV2, ...same }: z.infer<typeof Address>) => ({
  ...same,
  postalCode: zip,
  countryCode: countryCodeV2,
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

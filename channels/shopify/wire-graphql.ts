import { z } from 'zod'
import { Currency } from '../../schemas/canonical/money.ts'
import { filled, idOfGid, type SoldAddress, type SoldLine, type SoldOrder } from './sold-order.ts'

const Text = z.string().nullish()
const Moment = z.iso.datetime({ offset: true })
const Gid = z.string().regex(/^gid:\/\/shopify\/\w+\/\d+/, 'is not a GraphQL id')
const Bag = z.object({
  shopMoney: z.object({ amount: z.string().regex(/^-?\d{1,13}(\.\d*)?$/, 'is not an amount') }),
})
const Allocations = z.array(z.object({ allocatedAmountSet: Bag }))
const TaxLines = z.array(z.object({ priceSet: Bag }))

const Address = z.object({
  firstName: Text,
  lastName: Text,
  name: Text,
  company: Text,
  address1: Text,
  address2: Text,
  city: Text,
  province: Text,
  provinceCode: Text,
  zip: Text,
  countryCodeV2: Text,
  phone: Text,
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
  discountAllocations: Allocations,
  taxLines: TaxLines,
})

const ShippingLine = z.object({
  title: z.string(),
  code: Text,
  originalPriceSet: Bag,
  discountAllocations: Allocations,
  taxLines: TaxLines,
})

export const PageInfo = z.object({ hasNextPage: z.boolean(), endCursor: Text })
export const LinePage = z.object({ pageInfo: PageInfo, nodes: z.array(Line) })

/** An order as the Admin API answers to `orderFields` in `operations.ts`. */
export const OrderNode = z.object({
  id: Gid,
  name: z.string(),
  createdAt: Moment,
  updatedAt: Moment,
  currencyCode: Currency,
  taxesIncluded: z.boolean(),
  dutiesIncluded: z.boolean(),
  test: z.boolean(),
  cancelledAt: Moment.nullish(),
  cancelReason: Text,
  displayFinancialStatus: Text,
  totalPriceSet: Bag,
  currentTotalPriceSet: Bag,
  totalTaxSet: Bag.nullish(),
  totalDiscountsSet: Bag.nullish(),
  totalTipReceivedSet: Bag,
  originalTotalDutiesSet: Bag.nullish(),
  originalTotalAdditionalFeesSet: Bag.nullish(),
  email: Text,
  phone: Text,
  note: Text,
  customer: z
    .object({
      id: Gid,
      firstName: Text,
      lastName: Text,
      defaultEmailAddress: z.object({ emailAddress: Text }).nullish(),
      defaultPhoneNumber: z.object({ phoneNumber: Text }).nullish(),
    })
    .nullish(),
  shippingAddress: Address.nullish(),
  billingAddress: Address.nullish(),
  shippingLines: z.object({ nodes: z.array(ShippingLine) }),
  lineItems: LinePage.refine(({ nodes }) => nodes.length > 0, 'has no lines'),
})
export type OrderNode = z.infer<typeof OrderNode>

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
    total: amountOf(node.totalPriceSet),
    currentTotal: amountOf(node.currentTotalPriceSet),
    totalTax: node.totalTaxSet ? amountOf(node.totalTaxSet) : undefined,
    totalDiscounts: node.totalDiscountsSet ? amountOf(node.totalDiscountsSet) : undefined,
    tip: amountOf(node.totalTipReceivedSet),
    duties: duties ? [amountOf(duties)] : [],
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

function fromLine(line: z.infer<typeof Line>): SoldLine {
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

const fromAddress = (node: z.infer<typeof Address> | null | undefined): SoldAddress | undefined =>
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

const amountOf = ({ shopMoney }: z.infer<typeof Bag>): string => shopMoney.amount
const allocated = (allocations: z.infer<typeof Allocations>): string[] =>
  allocations.map(({ allocatedAmountSet }) => amountOf(allocatedAmountSet))
const taxed = (lines: z.infer<typeof TaxLines>): string[] =>
  lines.map(({ priceSet }) => amountOf(priceSet))

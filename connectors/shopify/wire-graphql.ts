import { z } from 'zod'
import { Currency, KnownCurrency } from '../../schemas/canonical/money.ts'

const Text = z.string().nullish()
const Moment = z.iso.datetime({ offset: true })
const Gid = z.string().regex(/^gid:\/\/shopify\/\w+\/\d+/, 'is not a GraphQL id')
const Bag = z.object({
  shopMoney: z.object({ amount: z.string().regex(/^-?\d{1,13}(\.\d*)?$/, 'is not an amount') }),
})
const Allocations = z.array(z.object({ allocatedAmountSet: Bag }))
const TaxLines = z.array(z.object({ priceSet: Bag, channelLiable: z.boolean().nullish() }))

const Transaction = z.object({
  id: Gid,
  parentTransaction: z.object({ id: Gid }).nullish(),
  kind: z.string(),
  status: z.string(),
  gateway: Text,
  amountSet: Bag,
})

const FulfilmentOrders = z.object({
  nodes: z.array(
    z.object({
      status: z.string(),
      fulfillmentHolds: z.array(z.object({ reason: z.string() })),
    }),
  ),
})

const Risk = z.object({
  recommendation: z.string(),
  assessments: z.array(z.object({ riskLevel: z.string() })),
})

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
  currencyCode: KnownCurrency,
  taxesIncluded: z.boolean(),
  dutiesIncluded: z.boolean(),
  test: z.boolean(),
  cancelledAt: Moment.nullish(),
  cancelReason: Text,
  displayFinancialStatus: Text,
  sourceName: Text,
  displayFulfillmentStatus: z.string(),
  fulfillmentOrders: FulfilmentOrders,
  risk: Risk,
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

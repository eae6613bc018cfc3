import { buildSchema } from 'graphql'

/** The part of the Admin API that the twin speaks, written here; tests hold its answers against the vendor's own. */
export const schema = buildSchema(`
  scalar DateTime
  scalar Decimal
  scalar URL
  scalar UnsignedInt64
  scalar CurrencyCode
  scalar CountryCode

  enum OrderSortKeys { CREATED_AT ID ORDER_NUMBER PROCESSED_AT UPDATED_AT }

  type Query {
    order(id: ID!): Order
    orders(first: Int, after: String, query: String, sortKey: OrderSortKeys = PROCESSED_AT): OrderConnection!
    fulfillment(id: ID!): Fulfillment
    fulfillmentOrder(id: ID!): FulfillmentOrder
    shop: Shop!
  }

  type Mutation {
    fulfillmentCreate(fulfillment: FulfillmentInput!, message: String): FulfillmentCreatePayload
  }

  type Shop { id: ID! myshopifyDomain: String! }
  type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
  type MoneyV2 { amount: Decimal! currencyCode: CurrencyCode! }
  type MoneyBag { shopMoney: MoneyV2! }
  type TaxLine { title: String! priceSet: MoneyBag! }
  type DiscountAllocation { allocatedAmountSet: MoneyBag! }

  type OrderConnection { nodes: [Order!]! pageInfo: PageInfo! }
  type Order {
    id: ID!
    legacyResourceId: UnsignedInt64!
    name: String!
    createdAt: DateTime!
    updatedAt: DateTime!
    cancelledAt: DateTime
    cancelReason: String
    currencyCode: CurrencyCode!
    taxesIncluded: Boolean!
    dutiesIncluded: Boolean!
    test: Boolean!
    displayFinancialStatus: String
    displayFulfillmentStatus: String!
    email: String
    phone: String
    note: String
    totalPriceSet: MoneyBag!
    currentTotalPriceSet: MoneyBag!
    totalTaxSet: MoneyBag
    totalDiscountsSet: MoneyBag
    totalTipReceivedSet: MoneyBag!
    originalTotalDutiesSet: MoneyBag
    originalTotalAdditionalFeesSet: MoneyBag
    customer: Customer
    shippingAddress: MailingAddress
    billingAddress: MailingAddress
    shippingLines(first: Int, after: String): ShippingLineConnection!
    lineItems(first: Int, after: String): LineItemConnection!
    fulfillments(first: Int): [Fulfillment!]!
    fulfillmentOrders(first: Int, after: String): FulfillmentOrderConnection!
  }

  type CustomerEmailAddress { emailAddress: String! }
  type CustomerPhoneNumber { phoneNumber: String! }
  type Customer {
    id: ID!
    firstName: String
    lastName: String
    defaultEmailAddress: CustomerEmailAddress
    defaultPhoneNumber: CustomerPhoneNumber
  }

  type MailingAddress {
    firstName: String
    lastName: String
    name: String
    company: String
    address1: String
    address2: String
    city: String
    province: String
    provinceCode: String
    zip: String
    countryCodeV2: CountryCode
    phone: String
  }

  type ShippingLineConnection { nodes: [ShippingLine!]! pageInfo: PageInfo! }
  type ShippingLine {
    title: String!
    code: String
    originalPriceSet: MoneyBag!
    discountAllocations: [DiscountAllocation!]!
    taxLines: [TaxLine!]!
  }

  type LineItemConnection { nodes: [LineItem!]! pageInfo: PageInfo! }
  type LineItem {
    id: ID!
    sku: String
    name: String!
    title: String!
    quantity: Int!
    currentQuantity: Int!
    unfulfilledQuantity: Int!
    nonFulfillableQuantity: Int!
    isGiftCard: Boolean!
    requiresShipping: Boolean!
    originalUnitPriceSet: MoneyBag!
    discountAllocations: [DiscountAllocation!]!
    taxLines: [TaxLine!]!
  }

  type Location { id: ID! }
  type FulfillmentTrackingInfo { company: String number: String url: URL }
  type FulfillmentLineItem { id: ID! quantity: Int lineItem: LineItem! }
  type FulfillmentLineItemConnection { nodes: [FulfillmentLineItem!]! pageInfo: PageInfo! }
  type Fulfillment {
    id: ID!
    name: String!
    status: String!
    createdAt: DateTime!
    trackingInfo(first: Int): [FulfillmentTrackingInfo!]!
    fulfillmentLineItems(first: Int, after: String): FulfillmentLineItemConnection!
  }

  type FulfillmentOrderAssignedLocation { location: Location }
  type FulfillmentOrderLineItem { id: ID! remainingQuantity: Int! totalQuantity: Int! lineItem: LineItem! }
  type FulfillmentOrderLineItemConnection { nodes: [FulfillmentOrderLineItem!]! pageInfo: PageInfo! }
  type FulfillmentOrderConnection { nodes: [FulfillmentOrder!]! pageInfo: PageInfo! }
  type FulfillmentOrder {
    id: ID!
    status: String!
    assignedLocation: FulfillmentOrderAssignedLocation!
    lineItems(first: Int, after: String): FulfillmentOrderLineItemConnection!
  }

  input FulfillmentOrderLineItemInput { id: ID! quantity: Int! }
  input FulfillmentOrderLineItemsInput {
    fulfillmentOrderId: ID!
    fulfillmentOrderLineItems: [FulfillmentOrderLineItemInput!]
  }
  input FulfillmentTrackingInput { company: String number: String numbers: [String!] url: URL urls: [URL!] }
  input FulfillmentInput {
    lineItemsByFulfillmentOrder: [FulfillmentOrderLineItemsInput!]!
    notifyCustomer: Boolean = false
    trackingInfo: FulfillmentTrackingInput
  }
  type UserError { field: [String!] message: String! }
  type FulfillmentCreatePayload { fulfillment: Fulfillment userErrors: [UserError!]! }
`)

import { buildSchema } from 'graphql'

/** The part of the Admin API that the twin speaks, written here; tests hold its answers against the vendor's own. */
export const schema = buildSchema(`
  scalar DateTime
  scalar Decimal
  scalar URL
  scalar UnsignedInt64
  scalar CurrencyCode
  scalar CountryCode

  directive @idempotent(key: String!) on FIELD

  enum OrderSortKeys { CREATED_AT ID ORDER_NUMBER PROCESSED_AT UPDATED_AT }

  type Query {
    order(id: ID!): Order
    orders(first: Int, after: String, query: String, sortKey: OrderSortKeys = PROCESSED_AT): OrderConnection!
    fulfillment(id: ID!): Fulfillment
    fulfillmentOrder(id: ID!): FulfillmentOrder
    shop: Shop!
    productVariants(first: Int, after: String, query: String): ProductVariantConnection
    nodes(ids: [ID!]!): [Node]!
  }

  type Mutation {
    fulfillmentCreate(fulfillment: FulfillmentInput!, message: String): FulfillmentCreatePayload
    fulfillmentOrderHold(id: ID!, fulfillmentHold: FulfillmentOrderHoldInput!): FulfillmentOrderHoldPayload
    fulfillmentOrderReleaseHold(id: ID!, holdIds: [ID!], externalId: String): FulfillmentOrderReleaseHoldPayload
    orderCancel(
      orderId: ID!
      reason: OrderCancelReason!
      restock: Boolean!
      refund: Boolean
      refundMethod: OrderCancelRefundMethodInput
      notifyCustomer: Boolean = false
      staffNote: String
    ): OrderCancelPayload
    refundCreate(input: RefundInput!): RefundCreatePayload
    inventorySetQuantities(input: InventorySetQuantitiesInput!): InventorySetQuantitiesPayload
  }

  type Shop { id: ID! myshopifyDomain: String! currencyCode: CurrencyCode! }
  type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
  type MoneyV2 { amount: Decimal! currencyCode: CurrencyCode! }
  type MoneyBag { shopMoney: MoneyV2! presentmentMoney: MoneyV2! }
  type TaxLine { title: String! priceSet: MoneyBag! channelLiable: Boolean }
  type DiscountAllocation { allocatedAmountSet: MoneyBag! }

  type OrderConnection { nodes: [Order!]! pageInfo: PageInfo! }
  type Order {
    id: ID! legacyResourceId: UnsignedInt64! name: String! createdAt: DateTime! updatedAt: DateTime!
    cancelledAt: DateTime cancelReason: String currencyCode: CurrencyCode! taxesIncluded: Boolean!
    dutiesIncluded: Boolean! test: Boolean! displayFinancialStatus: String displayFulfillmentStatus: String!
    sourceName: String presentmentCurrencyCode: CurrencyCode! paymentGatewayNames: [String!]!
    transactions(first: Int): [OrderTransaction!]! risk: OrderRiskSummary! refunds(first: Int): [Refund!]!
    suggestedRefund(refundLineItems: [RefundLineItemInput!]): SuggestedRefund email: String phone: String
    note: String totalPriceSet: MoneyBag! currentTotalPriceSet: MoneyBag! totalTaxSet: MoneyBag
    totalDiscountsSet: MoneyBag totalTipReceivedSet: MoneyBag! originalTotalDutiesSet: MoneyBag
    originalTotalAdditionalFeesSet: MoneyBag customer: Customer shippingAddress: MailingAddress
    billingAddress: MailingAddress shippingLines(first: Int, after: String): ShippingLineConnection!
    lineItems(first: Int, after: String): LineItemConnection! fulfillments(first: Int): [Fulfillment!]!
    fulfillmentOrders(first: Int, after: String): FulfillmentOrderConnection!
  }

  type CustomerEmailAddress { emailAddress: String! }
  type CustomerPhoneNumber { phoneNumber: String! }
  type Customer {
    id: ID! firstName: String lastName: String defaultEmailAddress: CustomerEmailAddress
    defaultPhoneNumber: CustomerPhoneNumber
  }

  type MailingAddress {
    firstName: String lastName: String name: String company: String address1: String address2: String
    city: String province: String provinceCode: String zip: String countryCodeV2: CountryCode phone: String
  }

  type ShippingLineConnection { nodes: [ShippingLine!]! pageInfo: PageInfo! }
  type ShippingLine {
    title: String! code: String originalPriceSet: MoneyBag! discountAllocations: [DiscountAllocation!]!
    taxLines: [TaxLine!]!
  }

  type LineItemConnection { nodes: [LineItem!]! pageInfo: PageInfo! }
  type LineItem {
    id: ID! sku: String name: String! title: String! quantity: Int! currentQuantity: Int!
    unfulfilledQuantity: Int! nonFulfillableQuantity: Int! isGiftCard: Boolean! requiresShipping: Boolean!
    originalUnitPriceSet: MoneyBag! discountAllocations: [DiscountAllocation!]! taxLines: [TaxLine!]!
  }

  type Location { id: ID! }
  type FulfillmentTrackingInfo { company: String number: String url: URL }
  type FulfillmentLineItem { id: ID! quantity: Int lineItem: LineItem! }
  type FulfillmentLineItemConnection { nodes: [FulfillmentLineItem!]! pageInfo: PageInfo! }
  type Fulfillment {
    id: ID! name: String! status: String! createdAt: DateTime!
    trackingInfo(first: Int): [FulfillmentTrackingInfo!]!
    fulfillmentLineItems(first: Int, after: String): FulfillmentLineItemConnection!
  }

  type FulfillmentOrderAssignedLocation { location: Location }
  type FulfillmentOrderLineItem { id: ID! remainingQuantity: Int! totalQuantity: Int! lineItem: LineItem! }
  type FulfillmentOrderLineItemConnection { nodes: [FulfillmentOrderLineItem!]! pageInfo: PageInfo! }
  type FulfillmentOrderConnection { nodes: [FulfillmentOrder!]! pageInfo: PageInfo! }
  type FulfillmentOrder {
    id: ID! status: String! assignedLocation: FulfillmentOrderAssignedLocation! orderId: ID!
    fulfillmentHolds: [FulfillmentHold!]!
    lineItems(first: Int, after: String): FulfillmentOrderLineItemConnection!
  }

  input FulfillmentOrderLineItemInput { id: ID! quantity: Int! }
  input FulfillmentOrderLineItemsInput {
    fulfillmentOrderId: ID! fulfillmentOrderLineItems: [FulfillmentOrderLineItemInput!]
  }
  input FulfillmentTrackingInput { company: String number: String numbers: [String!] url: URL urls: [URL!] }
  input FulfillmentInput {
    lineItemsByFulfillmentOrder: [FulfillmentOrderLineItemsInput!]! notifyCustomer: Boolean = false
    trackingInfo: FulfillmentTrackingInput
  }
  enum OrderCancelReason { CUSTOMER DECLINED FRAUD INVENTORY OTHER STAFF }
  input OrderCancelRefundMethodInput @oneOf { originalPaymentMethodsRefund: Boolean }
  type Job { id: ID! done: Boolean! }
  type OrderCancelUserError { code: String field: [String!] message: String! }
  type OrderCancelPayload { job: Job orderCancelUserErrors: [OrderCancelUserError!]! }

  enum RefundLineItemRestockType { CANCEL NO_RESTOCK RETURN }
  enum OrderTransactionKind { AUTHORIZATION CAPTURE CHANGE EMV_AUTHORIZATION REFUND SALE SUGGESTED_REFUND VOID }
  input RefundLineItemInput { lineItemId: ID! quantity: Int! restockType: RefundLineItemRestockType locationId: ID }
  input OrderTransactionInput {
    orderId: ID! kind: OrderTransactionKind! gateway: String! amount: String! parentId: ID
  }
  input RefundInput {
    orderId: ID! currency: CurrencyCode note: String notify: Boolean refundLineItems: [RefundLineItemInput!]
    transactions: [OrderTransactionInput!]
  }
  type RefundCreatePayload { refund: Refund userErrors: [UserError!]! }
  type Refund { id: ID! note: String refundLineItems(first: Int, after: String): RefundLineItemConnection! }
  type RefundLineItemConnection { nodes: [RefundLineItem!]! pageInfo: PageInfo! }
  type RefundLineItem { quantity: Int! restockType: RefundLineItemRestockType! lineItem: LineItem! location: Location }
  type SuggestedRefund {
    amountSet: MoneyBag! refundLineItems: [RefundLineItem!]!
    suggestedTransactions: [SuggestedOrderTransaction!]!
  }
  type SuggestedOrderTransaction { gateway: String amountSet: MoneyBag! parentTransaction: OrderTransaction }
  type OrderTransaction {
    id: ID! kind: OrderTransactionKind! status: String! gateway: String amountSet: MoneyBag!
    parentTransaction: OrderTransaction
  }
  type OrderRiskAssessment { riskLevel: String! }
  type OrderRiskSummary { recommendation: String! assessments: [OrderRiskAssessment!]! }

  enum FulfillmentHoldReason {
    AWAITING_PAYMENT AWAITING_RETURN_ITEMS HIGH_RISK_OF_FRAUD INCORRECT_ADDRESS INVENTORY_OUT_OF_STOCK
    ONLINE_STORE_POST_PURCHASE_CROSS_SELL OTHER UNKNOWN_DELIVERY_DATE
  }
  type FulfillmentHold { id: ID! reason: String! reasonNotes: String }
  input FulfillmentOrderHoldInput { reason: FulfillmentHoldReason! reasonNotes: String notifyMerchant: Boolean = false handle: String = "" }
  type FulfillmentOrderHoldPayload { fulfillmentOrder: FulfillmentOrder fulfillmentHold: FulfillmentHold userErrors: [UserError!]! }
  type FulfillmentOrderReleaseHoldPayload { fulfillmentOrder: FulfillmentOrder userErrors: [UserError!]! }

  interface Node { id: ID! }
  type ProductVariantConnection { nodes: [ProductVariant!]! pageInfo: PageInfo! }
  type ProductVariant { id: ID! sku: String price: Decimal! inventoryItem: InventoryItem! }
  type InventoryItem implements Node {
    id: ID! sku: String tracked: Boolean! inventoryLevel(locationId: ID!): InventoryLevel
  }
  type InventoryLevel { id: ID! quantities(names: [String!]!): [InventoryQuantity!]! }
  type InventoryQuantity { name: String! quantity: Int! }
  input InventoryQuantityInput { inventoryItemId: ID! locationId: ID! quantity: Int! changeFromQuantity: Int }
  input InventorySetQuantitiesInput {
    name: String! reason: String! referenceDocumentUri: String quantities: [InventoryQuantityInput!]!
  }
  type InventoryAdjustmentGroup { id: ID! }
  type InventorySetQuantitiesUserError { code: String field: [String!] message: String! }
  type InventorySetQuantitiesPayload {
    inventoryAdjustmentGroup: InventoryAdjustmentGroup userErrors: [InventorySetQuantitiesUserError!]!
  }

  type UserError { field: [String!] message: String! }
  type FulfillmentCreatePayload { fulfillment: Fulfillment userErrors: [UserError!]! }
`)

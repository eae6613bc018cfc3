/**
 * What we ask the Admin API, valid in 2026-10. Page sizes keep each request well below the 1,000 points that one may
 * cost: a swept order with more lines than its page is only named, and fetched by itself.
 */
const paged = 'pageInfo { hasNextPage endCursor }'
const openLines = `${paged} nodes { id remainingQuantity lineItem { id } }`
const stockAt =
  'inventoryLevel(locationId: $location) { quantities(names: ["available"]) { quantity } }'
const bag = '{ shopMoney { amount } }'
const address =
  '{ firstName lastName name company address1 address2 city province provinceCode zip countryCodeV2 phone }'
const parts = `discountAllocations { allocatedAmountSet ${bag} } taxLines { priceSet ${bag} channelLiable }`
const lines = `${paged}
  nodes {
    id sku name quantity currentQuantity unfulfilledQuantity nonFulfillableQuantity isGiftCard requiresShipping
    originalUnitPriceSet ${bag}
    ${parts}
  }`

const orderFields = `
  id name createdAt updatedAt currencyCode taxesIncluded dutiesIncluded test cancelledAt cancelReason
  displayFinancialStatus displayFulfillmentStatus sourceName email phone note paymentGatewayNames
  transactions(first: 20) { id kind status gateway parentTransaction { id } amountSet ${bag} }
  risk { recommendation assessments { riskLevel } }
  fulfillmentOrders(first: 5) { nodes { status fulfillmentHolds { reason } } }
  totalPriceSet { shopMoney { amount } presentmentMoney { amount currencyCode } }
  currentTotalPriceSet ${bag} totalTaxSet ${bag} totalDiscountsSet ${bag}
  totalTipReceivedSet ${bag} originalTotalDutiesSet ${bag} originalTotalAdditionalFeesSet ${bag}
  customer { id firstName lastName defaultEmailAddress { emailAddress } defaultPhoneNumber { phoneNumber } }
  shippingAddress ${address}
  billingAddress ${address}
  shippingLines(first: 10) { nodes { title code originalPriceSet ${bag} ${parts} } }`

export const operations = {
  order: `query Order($id: ID!) {
    order(id: $id) { ${orderFields} lineItems(first: 50) { ${lines} } }
  }`,

  orderOfFulfillmentOrder: `query OrderOfFulfillmentOrder($id: ID!) {
    fulfillmentOrder(id: $id) { orderId }
  }`,

  orderLines: `query OrderLines($id: ID!, $after: String!) {
    order(id: $id) { updatedAt lineItems(first: 50, after: $after) { ${lines} } }
  }`,

  changedOrders: `query ChangedOrders($query: String!, $after: String) {
    orders(first: 7, after: $after, query: $query, sortKey: UPDATED_AT) {
      ${paged}
      nodes { ${orderFields} lineItems(first: 10) { ${lines} } }
    }
  }`,

  deliveries: `query Deliveries($id: ID!, $after: String) {
    order(id: $id) {
      fulfillments(first: 100) { id name status trackingInfo(first: 3) { number } }
      fulfillmentOrders(first: 10, after: $after) {
        ${paged}
        nodes {
          id status
          assignedLocation { location { id } }
          lineItems(first: 25) { ${openLines} }
        }
      }
    }
  }`,

  fulfillmentOrderLines: `query FulfillmentOrderLines($id: ID!, $after: String!) {
    fulfillmentOrder(id: $id) {
      lineItems(first: 100, after: $after) { ${openLines} }
    }
  }`,

  fulfillmentLines: `query FulfillmentLines($id: ID!, $after: String) {
    fulfillment(id: $id) {
      fulfillmentLineItems(first: 100, after: $after) {
        ${paged}
        nodes { quantity lineItem { id } }
      }
    }
  }`,

  sale: `query Sale($id: ID!, $after: String) {
    order(id: $id) {
      id name cancelledAt presentmentCurrencyCode
      refunds(first: 100) { id note }
      lineItems(first: 100, after: $after) {
        ${paged}
        nodes { id sku requiresShipping quantity currentQuantity unfulfilledQuantity nonFulfillableQuantity }
      }
    }
  }`,

  suggestRefund: `query SuggestRefund($id: ID!, $lines: [RefundLineItemInput!]!) {
    order(id: $id) {
      suggestedRefund(refundLineItems: $lines) {
        refundLineItems { lineItem { id } location { id } }
        suggestedTransactions {
          gateway
          parentTransaction { id }
          amountSet { presentmentMoney { amount } }
        }
      }
    }
  }`,

  refund: `mutation Refund($input: RefundInput!, $key: String!) {
    result: refundCreate(input: $input) @idempotent(key: $key) {
      made: refund { id }
      userErrors { field message }
    }
  }`,

  cancel: `mutation Cancel(
    $id: ID!, $restock: Boolean!, $refundMethod: OrderCancelRefundMethodInput!, $notify: Boolean!, $note: String!
  ) {
    result: orderCancel(
      orderId: $id, reason: OTHER, restock: $restock, refundMethod: $refundMethod,
      notifyCustomer: $notify, staffNote: $note
    ) {
      made: job { id }
      userErrors: orderCancelUserErrors { field message }
    }
  }`,

  stockLevels: `query StockLevels($location: ID!, $query: String, $after: String) {
    shop { currencyCode }
    productVariants(first: 250, query: $query, after: $after) {
      ${paged}
      nodes {
        id sku price
        inventoryItem { id tracked ${stockAt} }
      }
    }
  }`,

  levelsOf: `query LevelsOf($ids: [ID!]!, $location: ID!) {
    nodes(ids: $ids) {
      __typename id
      ... on InventoryItem { ${stockAt} }
    }
  }`,

  setStock: `mutation SetStock($input: InventorySetQuantitiesInput!, $key: String!) {
    inventorySetQuantities(input: $input) @idempotent(key: $key) {
      inventoryAdjustmentGroup { id }
      userErrors { code field message }
    }
  }`,

  fulfil: `mutation Fulfil($fulfillment: FulfillmentInput!) {
    result: fulfillmentCreate(fulfillment: $fulfillment) {
      made: fulfillment { id name }
      userErrors { field message }
    }
  }`,
} as const

export type Operation = keyof typeof operations

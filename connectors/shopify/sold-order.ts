/**
 * An order in the words that both of Shopify's shapes share, so that one mapping serves both.
 * Amounts are decimal strings in the shop's currency; blank texts are already absent.
 */
export interface SoldOrder {
  readonly id: string
  readonly number: string
  readonly createdAt: string
  readonly updatedAt: string
  readonly currency: string
  readonly taxesIncluded: boolean
  readonly dutiesIncluded: boolean
  readonly test: boolean
  readonly cancelledAt?: string
  readonly cancelReason?: string
  /** Lower case. */
  readonly financialStatus?: string
  /** Lower case, for example `web` or `pos`. */
  readonly source?: string
  /** Why fulfilment is on hold: `FulfillmentHoldReason`, lower case. Absent where the message does not say. */
  readonly holds?: readonly string[]
  /** What is recommended because of the risk of fraud, or `high`; lower case. */
  readonly risk?: string
  readonly gateways: readonly string[]
  readonly payments: readonly SoldPayment[]
  readonly total: string
  /** The total in the buyer's currency. */
  readonly presentment?: { readonly currency: string; readonly total: string }
  readonly currentTotal?: string
  readonly totalTax?: string
  readonly totalDiscounts?: string
  readonly tip?: string
  readonly duties: readonly SoldAmount[]
  readonly fees?: string
  readonly lines: readonly SoldLine[]
  readonly shipping: readonly SoldShipping[]
  readonly customer?: SoldCustomer
  readonly email?: string
  readonly phone?: string
  readonly note?: string
  readonly shipTo?: SoldAddress
  readonly billTo?: SoldAddress
}

export interface SoldLine {
  readonly id: string
  readonly sku?: string
  readonly title: string
  readonly quantity: number
  readonly currentQuantity: number
  readonly fulfilled: number
  readonly price: string
  readonly discounts: readonly SoldAmount[]
  readonly taxes: readonly SoldTax[]
  readonly giftCard: boolean
  readonly requiresShipping: boolean
}

export interface SoldShipping {
  readonly title: string
  readonly code?: string
  readonly price: string
  readonly discounts: readonly SoldAmount[]
  readonly taxes: readonly SoldTax[]
}

export interface SoldAmount {
  readonly amount: string
}

export interface SoldTax extends SoldAmount {
  /** The channel that sold it collects this tax and pays it over. */
  readonly facilitated: boolean
}

/** One of Shopify's transactions; kind and status are lower case. */
export interface SoldPayment {
  readonly id: string
  readonly parent?: string
  readonly kind: string
  readonly status: string
  readonly gateway: string
  readonly amount: string
}

interface SoldCustomer {
  readonly id?: string
  readonly firstName?: string
  readonly lastName?: string
  readonly email?: string
  readonly phone?: string
}

export interface SoldAddress {
  readonly firstName?: string
  readonly lastName?: string
  readonly name?: string
  readonly company?: string
  readonly address1?: string
  readonly address2?: string
  readonly city?: string
  readonly province?: string
  readonly provinceCode?: string
  readonly zip?: string
  readonly countryCode?: string
  readonly phone?: string
}

/** The digits of `gid://shopify/Order/1`, or `undefined`. */
export const idOfGid = (gid: string | null | undefined): string | undefined =>
  /^gid:\/\/shopify\/\w+\/(\d+)/.exec(gid ?? '')?.[1]

/** Text with something in it, trimmed. */
export const filled = (text: string | null | undefined): string | undefined =>
  text?.trim() || undefined

import { randomInt } from 'node:crypto'
import { minorUnits } from '../../../domain/money/minor-units.ts'
import { OrderId } from '../../../schemas/canonical/identity.ts'

type Body = Readonly<Record<string, unknown>>

/** An order as a shop's webhook carries it. */
export interface Sold {
  readonly id: string
  readonly orderId: OrderId
  /** The exact text, in which ids beyond 2^53 are plain numbers. */
  readonly text: string
  readonly body: Body
  /** Minor units. */
  readonly total: number
}

export interface Goods {
  readonly sku?: string | null
  readonly quantity?: number
  readonly price?: string
  readonly [field: string]: unknown
}

/** An order of these goods; `change` may be anything that a webhook's body can have at its top level. */
export function sold(goods: readonly Goods[] = [{}], change: Body = {}): Sold {
  const id = nextId()
  const at = new Date().toISOString()
  const lines = goods.map((item, index) => lineOf(item, BigInt(id) + BigInt(index + 1)))
  const total = decimals(
    lines.reduce((sum, { price, quantity }) => sum + cents(price) * quantity, 0),
  )
  return soldOf(id, {
    id: exact(id),
    admin_graphql_api_id: `gid://shopify/Order/${id}`,
    name: `#${id.slice(-6)}`,
    created_at: at,
    updated_at: at,
    cancelled_at: null,
    test: false,
    currency: 'USD',
    financial_status: 'paid',
    taxes_included: false,
    total_price: total,
    current_total_price: total,
    total_tax: '0.00',
    total_discounts: '0.00',
    email: 'shopper@example.com',
    shipping_address: address,
    billing_address: address,
    shipping_lines: [],
    fulfillments: [],
    refunds: [],
    line_items: lines,
    ...change,
  })
}

/** The same order in a version that is so many seconds younger. */
export function later({ id, body }: Sold, seconds: number, change: Body = {}): Sold {
  const at = Date.parse(String(body['updated_at'])) + seconds * 1000
  return soldOf(id, { ...body, updated_at: new Date(at).toISOString(), ...change })
}

/** Cancelled by its customer, so many seconds later. */
export const cancelled = (order: Sold, seconds: number): Sold =>
  later(order, seconds, { cancelled_at: new Date().toISOString(), cancel_reason: 'customer' })

/** The lines of an order with all of them changed so. */
export function linesOf({ body }: Sold, change: Body): readonly unknown[] {
  const lines = body['line_items']
  if (!Array.isArray(lines)) throw new Error('the order has no lines')
  return lines.map((line) => ({ ...line, ...change }))
}

function soldOf(id: string, body: Body): Sold {
  const total = minorUnits(String(body['total_price']), String(body['currency']))
  return {
    id,
    orderId: OrderId.parse(`shopify_demo-store_${id}`),
    text: JSON.stringify(body).replaceAll(/"exact:(\d+)"/g, '$1'),
    body,
    total: total.ok ? total.value : Number.NaN,
  }
}

/** Beyond 2^53, and rounded by whoever reads JSON into doubles. */
const base = 10n ** 18n + BigInt(randomInt(2 ** 40)) * 10n ** 5n + 1n
let count = 0n

function nextId(): string {
  count += 1n
  return String(base + count * 1000n)
}

const exact = (id: string | bigint): string => `exact:${id}`

function lineOf(goods: Goods, id: bigint) {
  const { quantity = 1, price = '10.00', ...rest } = goods
  return {
    id: exact(id),
    admin_graphql_api_id: `gid://shopify/LineItem/${id}`,
    sku: 'MUG-STONE',
    title: 'Stoneware mug',
    quantity,
    current_quantity: quantity,
    fulfillable_quantity: quantity,
    fulfillment_status: null,
    price,
    gift_card: false,
    requires_shipping: true,
    discount_allocations: [],
    tax_lines: [],
    ...rest,
  }
}

const cents = (price: string): number => Math.round(Number(price) * 100)
const decimals = (minor: number): string => (minor / 100).toFixed(2)

const address = {
  first_name: 'Ada',
  last_name: 'Shopper',
  name: 'Ada Shopper',
  address1: '12 Harbour Road',
  city: 'Portland',
  province_code: 'OR',
  zip: '97209',
  country_code: 'US',
}

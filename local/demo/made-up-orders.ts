import { decimal } from '../../domain/money/minor-units.ts'
import { ofAddress, ofCustomer, ofLine, ofOrder, ofShippingLine } from './empty-fields.ts'

interface Product {
  readonly sku: string
  readonly title: string
  readonly cents: number
  readonly grams: number
}

const products: readonly Product[] = [
  { sku: 'MUG-STONE', title: 'Stoneware mug', cents: 1800, grams: 420 },
  { sku: 'TEE-NAVY-M', title: 'Organic tee, navy, M', cents: 2950, grams: 180 },
  { sku: 'LAMP-OAK', title: 'Oak desk lamp', cents: 12900, grams: 2100 },
  { sku: 'SOAP-CEDAR', title: 'Cedar soap', cents: 745, grams: 110 },
  { sku: 'TOTE-CANVAS', title: 'Canvas tote', cents: 2199, grams: 300 },
  { sku: 'KETTLE-1L', title: 'Kettle, 1 litre', cents: 6499, grams: 1300 },
]

/** Everything that made-up orders are for. */
export const skus: readonly string[] = products.map(({ sku }) => sku)

const places = [
  ['12 Harbour Road', 'Portland', 'OR', 'Oregon', '97209'],
  ['480 Mill Lane', 'Austin', 'TX', 'Texas', '78702'],
  ['7 Quarry Street', 'Burlington', 'VT', 'Vermont', '05401'],
] as const

const taxRate = 0.0825

/**
 * The body of Shopify's `orders/create` webhook for a made-up order. The same `index` and `base` make the same order;
 * `base` is a number beyond 2^53, as Shopify's own test ids are.
 */
export function madeUpOrder(index: number, base: bigint, now: Date): string {
  const id = base + BigInt(index) * 100n
  const at = now.toISOString().replace('Z', '+00:00')
  const lines = linesOf(index, id)
  const shipping = index % 4 === 0 ? 0 : 599
  const discount = lines.reduce((sum, line) => sum + line.discount, 0)
  const tax = lines.reduce((sum, line) => sum + line.tax, 0)
  const items = lines.reduce((sum, line) => sum + line.cents * line.quantity, 0)
  const total = items - discount + tax + shipping

  // Ids are written as digits, because JSON numbers beyond 2^53 do not survive a number type.
  return JSON.stringify({
    ...ofOrder,
    id: digits(id),
    admin_graphql_api_id: `gid://shopify/Order/${id}`,
    name: `#${1001 + index}`,
    number: 1 + index,
    order_number: 1001 + index,
    confirmation_number: `CD${100_000 + index}`,
    order_status_url: `https://demo-store.example.com/548380009/orders/${id}/authenticate?key=none`,
    token: id.toString(16).padStart(32, '0'),
    created_at: at,
    updated_at: at,
    processed_at: at,
    cancelled_at: null,
    cancel_reason: null,
    test: false,
    currency: 'USD',
    presentment_currency: 'USD',
    financial_status: 'paid',
    fulfillment_status: null,
    taxes_included: false,
    ...priced('total_line_items_price', items),
    ...priced('total_discounts', discount),
    ...priced('current_total_discounts', discount),
    ...priced('subtotal_price', items - discount),
    ...priced('current_subtotal_price', items - discount),
    ...priced('total_tax', tax),
    ...priced('current_total_tax', tax),
    ...priced('total_price', total),
    ...priced('current_total_price', total),
    total_outstanding: '0.00',
    total_tip_received: '0.00',
    total_shipping_price_set: both(shipping),
    total_weight: lines.reduce((sum, line) => sum + line.grams, 0),
    note: null,
    email: `shopper${index}@example.com`,
    contact_email: `shopper${index}@example.com`,
    customer: customerOf(index, id),
    shipping_address: addressOf(index),
    billing_address: addressOf(index),
    discount_applications: [],
    tax_lines: [taxLine(tax)],
    refunds: [],
    fulfillments: [],
    shipping_lines: [shippingLine(id, shipping)],
    line_items: lines.map((line) => line.body),
  }).replaceAll(/"digits:(\d+)"/g, '$1')
}

const digits = (id: bigint): string => `digits:${id}`
const money = (cents: number): string => decimal(cents, 'USD')
const both = (cents: number) => {
  const amount = { amount: money(cents), currency_code: 'USD' }
  return { shop_money: amount, presentment_money: amount }
}

const priced = (name: string, cents: number) => ({
  [name]: money(cents),
  [`${name}_set`]: both(cents),
})
const taxLine = (cents: number) => ({
  title: 'Sales tax',
  rate: taxRate,
  price: money(cents),
  price_set: both(cents),
  channel_liable: false,
})

function linesOf(index: number, id: bigint) {
  return Array.from({ length: 1 + (index % 3) }, (_, position) => {
    const product = products[(index + position * 2) % products.length] ?? products[0]
    if (!product) throw new Error('there are no products')
    const quantity = 1 + ((index + position) % 3)
    const gross = product.cents * quantity
    const discount = index % 5 === 0 ? Math.round(gross / 10) : 0
    const tax = Math.round((gross - discount) * taxRate)
    const body = lineBody(product, { id: id + BigInt(position) + 1n, quantity, discount, tax })
    const grams = product.grams * quantity
    return { cents: product.cents, quantity, discount, tax, grams, body }
  })
}

interface LineAmounts {
  readonly id: bigint
  readonly quantity: number
  readonly discount: number
  readonly tax: number
}

function lineBody(product: Product, { id, quantity, discount, tax }: LineAmounts) {
  return {
    ...ofLine,
    id: digits(id),
    admin_graphql_api_id: `gid://shopify/LineItem/${id}`,
    sku: product.sku,
    title: product.title,
    name: product.title,
    quantity,
    current_quantity: quantity,
    fulfillable_quantity: quantity,
    fulfillment_status: null,
    price: money(product.cents),
    price_set: both(product.cents),
    ...priced('total_discount', 0),
    discount_allocations:
      discount > 0
        ? [{ amount: money(discount), amount_set: both(discount), discount_application_index: 0 }]
        : [],
    tax_lines: [taxLine(tax)],
    duties: [],
    gift_card: false,
    requires_shipping: true,
    taxable: true,
    product_exists: true,
    product_id: 7_000_000_000_001,
    variant_id: 45_000_000_000_001,
    grams: product.grams,
    properties: [],
  }
}

const shippingLine = (id: bigint, cents: number) => ({
  ...ofShippingLine,
  id: digits(id + 90n),
  title: cents > 0 ? 'Standard' : 'Free shipping',
  code: cents > 0 ? 'STANDARD' : 'FREE',
  price: money(cents),
  price_set: both(cents),
  ...priced('discounted_price', cents),
  discount_allocations: [],
  tax_lines: [],
  is_removed: false,
  source: 'shopify',
})

const customerOf = (index: number, id: bigint) => ({
  ...ofCustomer,
  id: digits(id + 95n),
  admin_graphql_api_id: `gid://shopify/Customer/${id + 95n}`,
  first_name: 'Shopper',
  last_name: `Number ${index}`,
  email: `shopper${index}@example.com`,
  phone: null,
  created_at: null,
  updated_at: null,
  default_address: {
    ...addressOf(index),
    id: digits(id + 96n),
    customer_id: digits(id + 95n),
    country_name: 'United States',
    default: true,
  },
})

function addressOf(index: number) {
  const [address1, city, province_code, province, zip] = places[index % places.length] ?? places[0]
  const [first_name, last_name] = ['Shopper', `Number ${index}`]
  const name = `${first_name} ${last_name}`
  const country = { country: 'United States', country_code: 'US' }
  const rest = { address2: null, company: null, phone: null, ...ofAddress }
  return {
    first_name,
    last_name,
    name,
    address1,
    city,
    province_code,
    province,
    zip,
    ...country,
    ...rest,
  }
}

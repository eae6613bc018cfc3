import type { Failure } from '../../domain/failure.ts'
import { read } from '../../domain/parse.ts'
import type { Asking, Reading } from '../../domain/reading.ts'
import { ok, type Result } from '../../domain/result.ts'
import { CustomerRedactBody, DataRequestBody, ShopRedactBody } from './wire.ts'

type Readings = Result<readonly Reading[], Failure>

/**
 * The three webhooks that Shopify demands of every app. Bodies are told apart by what is in them, for a topic is not signed: a
 * request for one customer must not become the shop's.
 */
export const privacyReaders: readonly (readonly [topic: string, (body: unknown) => Readings])[] = [
  ['customers/data_request', readDataRequest],
  ['customers/redact', readCustomerRedact],
  ['shop/redact', readShopRedact],
]

function readDataRequest(body: unknown): Readings {
  const request = read(DataRequestBody, body)
  if (!request.ok) return request
  const { shop_domain: account, customer, orders_requested, data_request } = request.value
  return asks({
    kind: 'disclosure',
    reference: `data-request-${data_request.id}`,
    account,
    orders: orders_requested.map(String),
    customer: String(customer.id),
  })
}

function readCustomerRedact(body: unknown): Readings {
  const request = read(CustomerRedactBody, body)
  if (!request.ok) return request
  const { shop_domain: account, customer, orders_to_redact } = request.value
  const id = String(customer.id)
  return asks({
    kind: 'erasure',
    reference: `customer-${id}`,
    account,
    orders: orders_to_redact.map(String),
    customer: id,
  })
}

function readShopRedact(body: unknown): Readings {
  const request = read(ShopRedactBody, body)
  if (!request.ok) return request
  const { shop_id, shop_domain: account } = request.value
  return asks({ kind: 'erasure', reference: `shop-${shop_id}`, account })
}

const asks = (asking: Asking): Readings => ok([{ type: 'privacy', asking }])

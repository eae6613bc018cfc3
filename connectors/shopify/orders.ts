import { z } from 'zod'
import type { Account } from '../../domain/account.ts'
import { type Failure, retry } from '../../domain/failure.ts'
import { parseJson, read } from '../../domain/parse.ts'
import type { Sweep } from '../../domain/poll.ts'
import type { Asking, Delivery, Reading } from '../../domain/reading.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import { Text } from '../kit/shapes.ts'
import { ask, everyNode, idOfGid, pageOf } from './client.ts'
import { fromNode, OrderNode } from './order-node.ts'
import { type SoldOrder, toOrder } from './to-order.ts'
import { fromWebhook, Id, identify, NamedOrder, WebhookOrder } from './webhook-order.ts'

type Readings = Result<readonly Reading[], Failure>
type Reader = (body: unknown, connection: ConnectionId) => Readings

/** What a webhook or a swept order says. The topic is not signed, so a body is never trusted to fit it. */
export function readDelivery({ via, headers, body, connection }: Delivery): Readings {
  const topic = headers['x-shopify-topic'] ?? 'orders/updated'
  const reader = via === 'sweep' ? readNode : readers.get(topic)
  if (!reader) return ok([{ type: 'nothing', why: 'this topic says nothing about an order' }])
  const json = parseJson(body)
  return json.ok ? reader(json.value, connection) : json
}

/** Which order a body is about that could not be read as one. */
export function nameOf(body: string): string | undefined {
  const json = parseJson(body)
  const readings = json.ok ? readHint(json.value) : json
  const [reading] = readings.ok ? readings.value : []
  return reading?.type === 'hint' ? reading.channelOrderId : undefined
}

/** A body without lines or version has shrunk, at Shopify above the size limit or by the subscription's fields. */
const readOrder: Reader = (body, connection) => {
  if (!has(body, 'line_items') || !has(body, 'updated_at')) return readHint(body)
  const wire = read(WebhookOrder, body)
  return wire.ok ? snapshot(connection, fromWebhook(wire.value)) : wire
}

const readNode: Reader = (body, connection) => {
  if (!has(body, 'lineItems')) return readHint(body)
  const node = read(OrderNode, body)
  return node.ok ? snapshot(connection, fromNode(node.value)) : node
}

function snapshot(connection: ConnectionId, sold: SoldOrder): Readings {
  const order = toOrder(connection, sold)
  return order.ok ? ok([{ type: 'snapshot', order: order.value }]) : order
}

const hint = (id: string | number): Reading => ({ type: 'hint', channelOrderId: String(id) })

const privacy = (asking: Asking): Reading => ({ type: 'privacy', asking })

/** Reads a body of one shape. */
const reader =
  <T extends z.ZodType>(schema: T, say: (body: z.infer<T>) => Reading) =>
  (body: unknown): Readings => {
    const told = read(schema, body)
    return told.ok ? ok([say(told.value)]) : told
  }

const ofOrder = z.object({ order_id: Id })
const readRefund = reader(ofOrder, ({ order_id }) => hint(order_id))
const readEdit = reader(z.object({ order_edit: ofOrder }), ({ order_edit }) =>
  hint(order_edit.order_id),
)
const readNamed = reader(NamedOrder, (named) => hint(identify(named) ?? ''))

function readHint(body: unknown): Readings {
  if (has(body, 'order_edit')) return readEdit(body)
  if (has(body, 'order_id')) return readRefund(body)
  const gid = has(body, 'id') && typeof body.id === 'string' ? idOfGid(body.id) : undefined
  return gid ? ok([hint(gid)]) : readNamed(body)
}

const has = <K extends string>(body: unknown, key: K): body is Record<K, unknown> =>
  typeof body === 'object' && body !== null && Object.hasOwn(body, key)

/** Stands for the id of the order that a fulfilment order is of, where a message names only that. */
const prefix = 'fulfillment-order-'

/** Hold and release name the fulfilment order alone; `fetchOrder` finds out whose it is. */
const readFulfilmentOrder = reader(
  z.object({
    fulfillment_order: z.object({
      id: z.string().regex(/^gid:\/\/shopify\/FulfillmentOrder\/\d+$/, 'is not a fulfilment order'),
    }),
  }),
  ({ fulfillment_order }) => hint(`${prefix}${idOfGid(fulfillment_order.id)}`),
)

/** Recordings lack the order's id, documentation shows it (read 2026-11-21). */
const readRisk = reader(
  z.object({ order_id: Id.nullish(), admin_graphql_api_order_id: Text }),
  ({ order_id, admin_graphql_api_order_id }) => {
    const id = identify({ id: order_id, admin_graphql_api_id: admin_graphql_api_order_id })
    return id === undefined
      ? { type: 'nothing', why: 'this risk assessment names no order' }
      : hint(id)
  },
)

const shop = { shop_id: Id, shop_domain: z.string() }
const ofCustomer = { ...shop, customer: z.object({ id: Id }) }

/**
 * The three webhooks that Shopify demands of every app (https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance, read
 * 2026-11-21 as third parties repeat it). Bodies are told apart by what is in them, for a topic is not signed: a request
 * for one customer must not become the shop's, so nothing else may be in that one.
 */
const readDataRequest = reader(
  z.object({ ...ofCustomer, orders_requested: z.array(Id), data_request: z.object({ id: Id }) }),
  ({ shop_domain: account, customer, orders_requested, data_request }) =>
    privacy({
      kind: 'disclosure',
      reference: `data-request-${data_request.id}`,
      account,
      orders: orders_requested.map(String),
      customer: String(customer.id),
    }),
)
const readCustomerRedact = reader(
  z.object({ ...ofCustomer, orders_to_redact: z.array(Id) }),
  ({ shop_domain: account, customer, orders_to_redact }) =>
    privacy({
      kind: 'erasure',
      reference: `customer-${customer.id}`,
      account,
      orders: orders_to_redact.map(String),
      customer: String(customer.id),
    }),
)
const readShopRedact = reader(z.strictObject(shop), ({ shop_id, shop_domain: account }) =>
  privacy({ kind: 'erasure', reference: `shop-${shop_id}`, account }),
)

const readers: ReadonlyMap<string, Reader> = new Map([
  ['orders/create', readOrder],
  ['orders/updated', readOrder],
  ['orders/cancelled', readOrder],
  ['orders/paid', readOrder],
  ['orders/fulfilled', readOrder],
  ['orders/partially_fulfilled', readOrder],
  ['orders/edited', readEdit],
  ['refunds/create', readRefund],
  ['fulfillment_orders/placed_on_hold', readFulfilmentOrder],
  ['fulfillment_orders/hold_released', readFulfilmentOrder],
  ['orders/risk_assessment_changed', readRisk],
  ['customers/data_request', readDataRequest],
  ['customers/redact', readCustomerRedact],
  ['shop/redact', readShopRedact],
])

const Swept = z.looseObject({
  id: z.string(),
  lineItems: z.looseObject({ pageInfo: z.object({ hasNextPage: z.boolean() }) }),
})

/** Every order that changed in the window. One whose lines do not fit its page is only named, so that it is fetched. */
export const sweep: Sweep = async (account, { from, to, cursor }) => {
  const answer = await ask(account, {
    operation: 'changedOrders',
    variables: {
      query: `updated_at:>='${from}' AND updated_at:<='${to}'`,
      after: cursor ?? null,
    },
    answer: z.object({ orders: pageOf(Swept) }),
  })
  if (!answer.ok) return answer
  const { items, next } = answer.value.orders
  const bodies = items.map((node) => (node.lineItems.pageInfo.hasNextPage ? { id: node.id } : node))
  return ok({
    deliveries: bodies.map((body) => ({ headers: {}, body: JSON.stringify(body) })),
    ...(next !== undefined && { cursor: next }),
  })
}

const Lines = pageOf(z.unknown())

/** The order as the shop has it now, with every line; `undefined` when the shop has none of this id or name. */
export async function fetchOrder(
  account: Account,
  name: string,
): Promise<Result<Order | undefined, Failure>> {
  const named = name.startsWith(prefix) ? await orderOf(account, name) : ok(name)
  if (!named.ok) return named
  if (!/^\d+$/.test(named.value ?? '')) return ok(undefined)
  const variables = { id: `gid://shopify/Order/${named.value}` }
  const Found = z.looseObject({ updatedAt: z.string(), lineItems: Lines })
  const answer = z.object({ order: Found.nullish() })
  const found = await ask(account, { operation: 'order', variables, answer })
  if (!found.ok) return found
  const { order } = found.value
  if (!order) return ok(undefined)

  const nodes = await everyNode(order.lineItems, async (after) => {
    const more = await ask(account, {
      operation: 'orderLines',
      variables: { ...variables, after },
      answer: z.object({ order: z.object({ updatedAt: z.string(), lineItems: Lines }) }),
    })
    if (!more.ok) return more
    return more.value.order.updatedAt === order.updatedAt
      ? ok(more.value.order.lineItems)
      : err(retry('the order changed while it was read'))
  })
  if (!nodes.ok) return nodes
  const node = read(OrderNode, { ...order, lineItems: { nodes: nodes.value } })
  return node.ok ? toOrder(account.connection, fromNode(node.value)) : node
}

async function orderOf(
  account: Account,
  name: string,
): Promise<Result<string | undefined, Failure>> {
  const found = await ask(account, {
    operation: 'orderOfFulfillmentOrder',
    variables: { id: `gid://shopify/FulfillmentOrder/${name.slice(prefix.length)}` },
    answer: z.object({ fulfillmentOrder: z.object({ orderId: z.string() }).nullish() }),
  })
  return found.ok ? ok(idOfGid(found.value.fulfillmentOrder?.orderId)) : found
}

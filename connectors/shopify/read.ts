import type { Failure } from '../../domain/failure.ts'
import { parseJson, read } from '../../domain/parse.ts'
import type { Delivery, Reading } from '../../domain/reading.ts'
import { ok, type Result } from '../../domain/result.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import { fulfilmentOrderName } from './fetch-order.ts'
import { fromNode } from './from-node.ts'
import { fromWebhook } from './from-webhook.ts'
import { privacyReaders } from './privacy.ts'
import { idOfGid, type SoldOrder } from './sold-order.ts'
import { toOrder } from './to-order.ts'
import {
  FulfilmentOrderBody,
  identify,
  NamedOrder,
  OrderEditBody,
  RefundBody,
  RiskBody,
  WebhookOrder,
} from './wire.ts'
import { OrderNode } from './wire-graphql.ts'

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
  const readings = json.ok ? hint(json.value) : json
  const [reading] = readings.ok ? readings.value : []
  return reading?.type === 'hint' ? reading.channelOrderId : undefined
}

/** A body without lines or version has shrunk, at Shopify above the size limit or by the subscription's fields. */
const readOrder: Reader = (body, connection) => {
  if (!has(body, 'line_items') || !has(body, 'updated_at')) return hint(body)
  const wire = read(WebhookOrder, body)
  return wire.ok ? snapshot(connection, fromWebhook(wire.value)) : wire
}

const readNode: Reader = (body, connection) => {
  if (!has(body, 'lineItems')) return hint(body)
  const node = read(OrderNode, body)
  return node.ok ? snapshot(connection, fromNode(node.value)) : node
}

const readEdit = (body: unknown): Readings => {
  const edit = read(OrderEditBody, body)
  return edit.ok ? hinted(String(edit.value.order_edit.order_id)) : edit
}

const readRefund = (body: unknown): Readings => {
  const refund = read(RefundBody, body)
  return refund.ok ? hinted(String(refund.value.order_id)) : refund
}

/** Hold and release name the fulfilment order alone; `fetchOrder` finds out whose it is. */
const readFulfilmentOrder = (body: unknown): Readings => {
  const held = read(FulfilmentOrderBody, body)
  return held.ok ? hinted(fulfilmentOrderName(held.value.fulfillment_order.id)) : held
}

const readRisk = (body: unknown): Readings => {
  const risk = read(RiskBody, body)
  if (!risk.ok) return risk
  const { admin_graphql_api_order_id, order_id } = risk.value
  const id = idOfGid(admin_graphql_api_order_id) ?? order_id
  if (id !== undefined && id !== null) return hinted(String(id))
  return ok([{ type: 'nothing', why: 'this risk assessment names no order' }])
}

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
  ...privacyReaders,
])

function snapshot(connection: ConnectionId, sold: SoldOrder): Readings {
  const order = toOrder(connection, sold)
  return order.ok ? ok([{ type: 'snapshot', order: order.value }]) : order
}

function hint(body: unknown): Readings {
  if (has(body, 'order_edit')) return readEdit(body)
  if (has(body, 'order_id')) return readRefund(body)
  const gid = has(body, 'id') && typeof body.id === 'string' ? idOfGid(body.id) : undefined
  if (gid) return hinted(gid)
  const named = read(NamedOrder, body)
  return named.ok ? hinted(identify(named.value) ?? '') : named
}

const hinted = (channelOrderId: string): Readings => ok([{ type: 'hint', channelOrderId }])

const has = <K extends string>(body: unknown, key: K): body is Record<K, unknown> =>
  typeof body === 'object' && body !== null && Object.hasOwn(body, key)

import { json, refuse } from '../kit/answer.ts'
import { type Loose, listOf, loose } from '../kit/body.ts'
import type { TwinReply, TwinRequest, TwinWorld } from '../kit/twin.ts'
import type { Offers } from './offers.ts'
import { decided, lineIdOf, linesOf, momentOf, movedTo, refusal, stateOf } from './order.ts'
import type { Shelf } from './shelf.ts'
import type { Dispatch } from './shipments.ts'
import { cancelled, cancelledWhole, refunded } from './take-back.ts'

interface Backstage {
  readonly world: TwinWorld
  readonly shelf: Shelf
  readonly shipments: Dispatch
  readonly offers: Offers
}

interface Asked {
  readonly query: URLSearchParams
  readonly body: Loose
}

type Operation = (asked: Asked, id: string) => TwinReply

/** The operations that the channel uses, by method and path; `{id}` is an order's. */
export function api({ world, shelf, shipments, offers }: Backstage) {
  const onOrder =
    (change: (order: Loose, body: Loose) => Loose): Operation =>
    ({ body }, id) => {
      const order = shelf.find(id)
      if (!order) return refusal(404, `Order ${id} not found`)
      shelf.put(change(order, body))
      return { status: 204 }
    }
  const find = (lineId: string) =>
    shelf.all().find((order) => linesOf(order).some((line) => lineIdOf(line) === lineId))

  const operations: Readonly<Record<string, Operation>> = {
    'GET /api/orders': ({ query }) => shelf.list(query),
    'PUT /api/orders/{id}/accept': onOrder((order, body) => decided(order, body, world.now())),
    'PUT /api/orders/{id}/tracking': onOrder(tracked),
    'PUT /api/orders/{id}/ship': onOrder((order) => left(order, world.now())),
    'PUT /api/orders/{id}/cancel': onOrder((order) => cancelledWhole(order, world.now())),
    'PUT /api/orders/cancel': ({ body }) => {
      const done = cancelled({ parts: listOf(body['cancelations']), find, now: world.now() })
      done.changed.forEach(shelf.put)
      return json(200, { order_tax_mode: body['order_tax_mode'], cancelations: done.answer })
    },
    'PUT /api/orders/refund': ({ body }) => {
      const done = refunded({ parts: listOf(body['refunds']), find, now: world.now() })
      done.changed.forEach(shelf.put)
      return json(200, { order_tax_mode: body['order_tax_mode'], refunds: done.answer })
    },
    'GET /api/shipments': ({ query }) =>
      json(200, { data: shipments.list(query.getAll('order_id')) }),
    'POST /api/shipments': ({ body }) => {
      const done = listOf(body['shipments']).map((asked) => shipments.create(asked))
      return json(201, {
        shipment_success: done.flatMap((one) => ('made' in one ? [one.made] : [])),
        shipment_errors: done.flatMap((one) => ('refused' in one ? [one.refused] : [])),
      })
    },
    'PUT /api/shipments/ship': ({ body }) => {
      const done = listOf(body['shipments']).map(({ id }) => shipments.ship(String(id)))
      return json(200, {
        shipment_success: done.filter((one) => !('message' in one)),
        shipment_errors: done.filter((one) => 'message' in one),
      })
    },
  }

  return ({ method, path, body }: Pick<TwinRequest, 'method' | 'path' | 'body'>): TwinReply => {
    const { pathname, searchParams: query } = new URL(path, 'https://twin.example')
    const offered = offers.answer({ method, pathname, query, body })
    if (offered) return offered
    const [, encoded = '', verb = ''] = /^\/api\/orders\/([^/]+)\/(\w+)$/.exec(pathname) ?? []
    const route = encoded ? `/api/orders/{id}/${verb}` : pathname
    const operation = Object.hasOwn(operations, `${method} ${route}`)
      ? operations[`${method} ${route}`]
      : undefined
    const parsed = parsedBody(body)
    if (!operation) return refusal(404, 'Not Found')
    return parsed
      ? operation({ query, body: parsed }, decoded(encoded))
      : refusal(400, 'Bad Request')
  }
}

/** OR23: as long as the order is to be shipped, or has been. */
function tracked(order: Loose, body: Loose): Loose {
  if (!['SHIPPING', 'SHIPPED', 'TO_COLLECT', 'RECEIVED'].includes(stateOf(order))) {
    refuse(refusal(400, `The order is ${stateOf(order)}`))
  }
  return {
    ...order,
    shipping_carrier_code: body['carrier_code'] ?? null,
    shipping_company: body['carrier_name'] ?? body['carrier_code'] ?? null,
    shipping_tracking: body['tracking_number'] ?? null,
    shipping_tracking_url: body['carrier_url'] ?? null,
  }
}

/** OR24. */
const left = (order: Loose, now: Date): Loose =>
  stateOf(order) === 'SHIPPING'
    ? movedTo(order, 'SHIPPED', { shipped_date: momentOf(now) })
    : refuse(refusal(400, `The order status must be 'SHIPPING' but it is '${stateOf(order)}'.`))

function parsedBody(body: string): Loose | undefined {
  if (body === '') return {}
  try {
    return loose(JSON.parse(body))
  } catch {
    return undefined
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

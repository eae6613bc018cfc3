import { z } from 'zod'
import { answering, fitting, isAt, json, refuse } from '../kit/answer.ts'
import { readJson } from '../kit/body.ts'
import { digestOf } from '../kit/ids.ts'
import { indexedUntil } from '../kit/index-lag.ts'
import { slidingLimit } from '../kit/rate-limits.ts'
import { countsIn } from '../kit/stock-counts.ts'
import { bearerOf } from '../kit/tokens.ts'
import type { MakeTwin, TwinReply, TwinRequest, TwinWorld } from '../kit/twin.ts'
import { invalid, problem, TwinCreateOrder } from './create-order.ts'
import { listOrders, updatedAt } from './list.ts'
import { inParcels, openOrder, type TwinOrder } from './order.ts'
import { type Warehouse, warehouse } from './warehouse.ts'

const Settings = z.object({
  channelId: z.int(),
  locationId: z.int().optional(),
  apiHost: z.string().default('api.shipbob.com'),
  /** ShipBob bears 150; demonstrations and tests set their own. */
  requestsPerMinute: z.int().optional(),
})

/** The fulfilment centre of all that was not counted elsewhere. */
const usualPlace = 8

/** Seconds in which a lagging list does not know what was written. */
const lagSeconds = 10

/** ShipBob's orders and shipments of 2026-01, with a warehouse that ships by itself. The README says what it leaves out. */
export const twin: MakeTwin = (world) => {
  const settings = Settings.parse(world.settings)
  const secret = secretOf(settings.channelId)
  const at = warehouse(world, secret.webhookSecrets[0])
  const { requestsPerMinute: most } = settings
  const limit = most === undefined ? undefined : slidingLimit(world.now, { most, seconds: 60 })

  return {
    secret,
    throttled,
    unavailable: json(503, { statusCode: 503, message: 'The service is unavailable.' }),
    state: () => ({ orders: at.all(), inventory: at.shelf.all() }),
    takeStock: (body) => {
      const counts = countsIn(body)
      if (!counts) return problem(422, { counts: ['counts of sku and onHand'] })
      for (const { sku, location = settings.locationId ?? usualPlace, onHand } of counts) {
        at.shelf.count({ sku, location: Number(location), onHand })
      }
      return json(200, { inventory: counts.length })
    },
    tick: async () => at.shipWhatIsDue(),
    handle: answering((request) => {
      if (!isAt(request, settings.apiHost)) return notFound
      if (bearerOf(request) !== secret.accessToken) return unauthorized
      const left = limit?.().left
      if (left !== undefined && left < 0) return throttled
      const reply = route(request, { world, at, channelId: settings.channelId })
      return left === undefined
        ? reply
        : { ...reply, headers: { ...reply.headers, 'x-remaining-calls': String(left) } }
    }),
  }
}

interface Desk {
  readonly world: TwinWorld
  readonly at: Warehouse
  readonly channelId: number
}

interface Asked {
  readonly request: TwinRequest
  readonly query: URLSearchParams
  /** The ids in the path, in order. */
  readonly ids: readonly number[]
}

type Answer = (asked: Asked, desk: Desk) => TwinReply

const routes: readonly (readonly [method: string, path: RegExp, answer: Answer])[] = [
  ['POST', /^\/order$/, createOrder],
  ['GET', /^\/order$/, getOrders],
  ['GET', /^\/order\/(\d+)$/, (asked, desk) => json(200, orderAt(asked, desk))],
  ['POST', /^\/order\/(\d+):cancel$/, (asked, desk) => cancelOrder(orderAt(asked, desk), desk)],
  ['GET', /^\/order\/(\d+)\/shipment$/, (asked, desk) => json(200, orderAt(asked, desk).shipments)],
  [
    'GET',
    /^\/order\/(\d+)\/shipment\/(\d+)$/,
    (asked, desk) => shipmentIn([orderAt(asked, desk)], asked.ids[1]),
  ],
  ['GET', /^\/inventory-level\/locations$/, ({ query }, { at }) => json(200, at.shelf.page(query))],
  ['GET', /^\/shipment\/(\d+)$/, ({ ids }, { at }) => shipmentIn(at.all(), ids[0])],
]

function route(request: TwinRequest, desk: Desk): TwinReply {
  const address = `https://api.shipbob.com${request.path}`
  if (!URL.canParse(address)) return notFound
  const { pathname, searchParams } = new URL(address)
  for (const [method, pattern, answer] of routes) {
    const match = pattern.exec(pathname.replace(/^\/2026-01/, ''))
    if (!pathname.startsWith('/2026-01/') || !match || method !== request.method) continue
    return answer({ request, query: searchParams, ids: match.slice(1).map(Number) }, desk)
  }
  return notFound
}

function createOrder({ request }: Asked, { world, at, channelId }: Desk): TwinReply {
  const channel = request.headers['shipbob_channel_id']
  if (!channel)
    return problem(400, { shipbob_channel_id: ['The shipbob_channel_id header is required.'] })
  if (channel !== String(channelId)) return json(403, { message: 'No access to this channel.' })
  const body =
    readJson(request.body) ??
    refuse(problem(400, { '': ['A non-empty JSON request body is required.'] }))
  const wanted = fitting(TwinCreateOrder, body, ({ issues }) => invalid(issues))
  if (at.byReference(wanted.reference_id)) {
    return problem(422, { '': ['Cannot insert order with existing ReferenceId'] })
  }
  const from = wanted.location_id
  const dealt = from
    ? new Map([[from, wanted.products]])
    : at.shelf.dealt(wanted.products, usualPlace)
  const parcels = [...dealt].flatMap(([location, products]) =>
    inParcels(products).map((units) => ({ location, units })),
  )
  const order = openOrder(wanted, parcels, {
    at: world.now().toISOString(),
    channelId,
    order: at.next('order', 300_000_001),
    shipments: Array.from({ length: Math.max(2, parcels.length) }, () =>
      at.next('shipment', 600_000_001),
    ),
  })
  at.take(order)
  return json(201, order)
}

function getOrders({ query }: Asked, { world, at }: Desk): TwinReply {
  const hiddenFrom = indexedUntil(world, lagSeconds)
  const known = candidates(query, at).filter((order) => updatedAt(order) < hiddenFrom)
  const { orders, headers } = listOrders(known, query)
  return json(200, orders, headers)
}

/** A look-up by reference, which every doubt asks for, must not read the whole warehouse. */
function candidates(query: URLSearchParams, at: Warehouse): readonly TwinOrder[] {
  const references = query.get('ReferenceIds')
  if (!references) return at.all()
  return [...new Set(references.split(','))].flatMap((reference) => at.byReference(reference) ?? [])
}

function cancelOrder(order: TwinOrder, { at }: Desk): TwinReply {
  if (order.shipments.every(({ status }) => status === 'Completed' || status === 'Cancelled')) {
    return problem(422, { '': ['No shipment of the order can be cancelled.'] })
  }
  const after = at.cancel(order)
  const results = after.shipments.map(({ id, status }) => ({
    shipment_id: id,
    action: 'Cancel',
    is_success: status === 'Cancelled',
    reason: status === 'Cancelled' ? '' : 'The shipment was picked or has left the warehouse.',
  }))
  const cancelled = results.filter((result) => result.is_success).length
  return json(200, {
    order_id: after.id,
    order: after,
    status:
      cancelled === results.length ? 'Success' : cancelled === 0 ? 'Failure' : 'PartialSuccess',
    canceled_shipment_results: results,
  })
}

const orderAt = ({ ids }: Asked, { at }: Desk): TwinOrder => at.get(ids[0] ?? 0) ?? refuse(notFound)

function shipmentIn(orders: readonly TwinOrder[], id: number | undefined): TwinReply {
  const shipment = orders.flatMap(({ shipments }) => shipments).find((one) => one.id === id)
  return shipment ? json(200, shipment) : notFound
}

/** The same for the same channel, so that a restart changes no secret. */
const secretOf = (channelId: number) => {
  const derived = (what: string) => digestOf(`shipbob twin ${channelId} ${what}`)
  return {
    accessToken: derived('token').toString('hex'),
    webhookSecrets: [`whsec_${derived('webhook').subarray(0, 24).toString('base64')}`] as const,
  }
}

const notFound = json(404, { statusCode: 404, message: 'Resource not found' })
const unauthorized = json(401, {
  statusCode: 401,
  message: 'Access denied due to an invalid token.',
})

/** In ShipBob's words; its own waits are up to a minute, too long for a demonstration. */
const throttled: TwinReply = json(
  429,
  { statusCode: 429, message: 'Rate limit is exceeded. Try again in 1 seconds.' },
  { 'x-retry-after': '1', 'x-remaining-calls': '0' },
)

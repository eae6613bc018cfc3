import { createHash } from 'node:crypto'
import { Settings } from '../../connectors/shipbob/settings.ts'
import type { MakeTwin, TwinReply, TwinRequest, TwinWorld } from '../kit/twin.ts'
import { invalid, problem, TwinCreateOrder } from './create-order.ts'
import { listOrders, updatedAt } from './list.ts'
import { inParcels, openOrder, type TwinOrder } from './order.ts'
import { StockInput } from './shelf.ts'
import { type Warehouse, warehouse } from './warehouse.ts'

/** The fulfilment centre of everything that nobody said lies elsewhere. */
const usualPlace = 8

/** How long a lagging list does not know what was written. */
const lagMs = 10_000

/** ShipBob's orders and shipments of 2026-01, with a warehouse that ships by itself. The README says what it leaves out. */
export const twin: MakeTwin = (world) => {
  const settings = Settings.parse(world.settings)
  const secret = secretOf(settings.channelId)
  const at = warehouse(world, secret.webhookSecrets[0])
  const budget = minuteBudget(settings.requestsPerMinute ?? Number.POSITIVE_INFINITY, world)

  return {
    secret,
    throttled,
    unavailable: json(503, { statusCode: 503, message: 'The service is unavailable.' }),
    state: () => ({ orders: at.all(), inventory: at.shelf.all() }),
    takeStock: (body) => {
      const told = StockInput.safeParse(parsed(body))
      if (!told.success) return invalid(told.error.issues)
      for (const { sku, location, onHand } of told.data.counts) {
        at.shelf.count({
          sku,
          location: Number(location ?? settings.locationId ?? usualPlace),
          onHand,
        })
      }
      return json(200, { inventory: told.data.counts.length })
    },
    tick: async () => at.shipWhatIsDue(),
    handle: async (request) => {
      if (request.headers['authorization'] !== `Bearer ${secret.accessToken}`) return unauthorized
      const left = budget()
      if (left < 0) return throttled
      const reply = route(request, { world, at, channelId: settings.channelId })
      return Number.isFinite(left)
        ? { ...reply, headers: { ...reply.headers, 'x-remaining-calls': String(left) } }
        : reply
    },
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
  ['GET', /^\/order\/(\d+)$/, (asked, desk) => withOrder(asked, desk, (order) => json(200, order))],
  [
    'POST',
    /^\/order\/(\d+):cancel$/,
    (asked, desk) => withOrder(asked, desk, (order) => cancelOrder(order, desk)),
  ],
  [
    'GET',
    /^\/order\/(\d+)\/shipment$/,
    (asked, desk) => withOrder(asked, desk, ({ shipments }) => json(200, shipments)),
  ],
  [
    'GET',
    /^\/order\/(\d+)\/shipment\/(\d+)$/,
    (asked, desk) => withOrder(asked, desk, (order) => shipmentIn([order], asked.ids[1])),
  ],
  ['GET', /^\/inventory-level\/locations$/, getInventory],
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
  const body = parsed(request.body)
  if (body === undefined)
    return problem(400, { '': ['A non-empty JSON request body is required.'] })
  const wanted = TwinCreateOrder.safeParse(body)
  if (!wanted.success) return invalid(wanted.error.issues)
  if (at.byReference(wanted.data.reference_id)) {
    return problem(422, { '': ['Cannot insert order with existing ReferenceId'] })
  }
  const from = wanted.data.location_id
  const dealt = from
    ? new Map([[from, wanted.data.products]])
    : at.shelf.dealt(wanted.data.products, usualPlace)
  const parcels = [...dealt].flatMap(([location, products]) =>
    inParcels(products).map((units) => ({ location, units })),
  )
  const order = openOrder(wanted.data, parcels, {
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
  const hiddenFrom = world.lagging() ? world.now().getTime() - lagMs : Number.POSITIVE_INFINITY
  const known = candidates(query, at).filter((order) => updatedAt(order) < hiddenFrom)
  const { orders, headers } = listOrders(known, query)
  return json(200, orders, headers)
}

function getInventory({ query }: Asked, { at }: Desk): TwinReply {
  return json(200, at.shelf.page(query))
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

function withOrder(
  { ids }: Asked,
  { at }: Desk,
  answer: (order: TwinOrder) => TwinReply,
): TwinReply {
  const order = at.get(ids[0] ?? 0)
  return order ? answer(order) : notFound
}

function shipmentIn(orders: readonly TwinOrder[], id: number | undefined): TwinReply {
  const shipment = orders.flatMap(({ shipments }) => shipments).find((one) => one.id === id)
  return shipment ? json(200, shipment) : notFound
}

/** Requests left in the minute that slides behind now; below zero when there are none. */
function minuteBudget(limit: number, world: TwinWorld): () => number {
  let taken: number[] = []
  return () => {
    if (limit === Number.POSITIVE_INFINITY) return limit
    const now = world.now().getTime()
    taken = taken.filter((at) => at > now - 60_000)
    if (taken.length >= limit) return -1
    taken.push(now)
    return limit - taken.length
  }
}

/** The same for the same channel, so that a restart changes no secret. */
const secretOf = (channelId: number) => {
  const derived = (what: string) =>
    createHash('sha256').update(`shipbob twin ${channelId} ${what}`).digest()
  return {
    accessToken: derived('token').toString('hex'),
    webhookSecrets: [`whsec_${derived('webhook').subarray(0, 24).toString('base64')}`] as const,
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

function json(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): TwinReply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
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

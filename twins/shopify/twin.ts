import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { ShopifySettings } from '../../connectors/shopify/settings.ts'
import { parseJson } from '../../domain/parse.ts'
import type { MakeTwin, TwinReply, TwinRequest, TwinWorld } from '../kit/twin.ts'
import { graphqlApi } from './api.ts'
import { idOf, type Loose, loose } from './body.ts'
import { cancelJobs, cancelled, cancelRefusal } from './cancel.ts'
import { inventory } from './inventory.ts'
import { toPlainFulfilment, toPlainOrder } from './nodes.ts'
import { fulfilmentsOf, open } from './order.ts'
import { coded, json } from './reply.ts'
import { orderShelf } from './shelf.ts'

/** A shop that keeps its orders, signs its webhooks and answers the Admin API. */
export const twin: MakeTwin = (world) => {
  const { shop } = ShopifySettings.parse(world.settings)
  const secret = secretOf(shop)
  const orders = orderShelf(world)
  const tokens = new Set<string>()
  const jobs = cancelJobs(world)
  const stock = inventory(world)
  const answer = graphqlApi(world, {
    orders,
    inventory: stock,
    jobs,
    deliver: (topic, body) => deliver(topic)(body),
  })

  function deliver(topic: string): (body: string) => void {
    return (body) => world.deliver({ headers: signed({ topic, body, shop, secret, world }), body })
  }

  return {
    secret,
    throttled: json(200, throttledAnswer(10, { currentlyAvailable: 0 })),
    unavailable: json(503, { errors: 'Service Unavailable' }),
    handle: async (request) => {
      const path = request.path.split('?')[0] ?? ''
      if (path === '/admin/oauth/access_token') return mint(request, secret, tokens)
      if (!/^\/admin\/api\/[\w-]+\/graphql\.json$/.test(path)) {
        return json(404, { errors: 'Not Found' })
      }
      if (request.method !== 'POST') return json(405, { errors: 'Method Not Allowed' })
      if (!tokens.has(request.headers['x-shopify-access-token'] ?? '')) return invalidToken
      return answer(request.body)
    },
    tick: async () => {
      const input = jobs.next()
      const order = input && orders.find(/(\d+)$/.exec(input.orderId)?.[1] ?? '')
      if (!order || cancelRefusal(order)) return
      const changed = cancelled(order, input, world.now())
      orders.put(changed)
      if (input.restock) stock.sold(order, open(changed))
      deliver('orders/cancelled')(changed.body)
    },
    state: () => {
      const all = orders.all()
      return {
        orders: all.map(toPlainOrder),
        inventory: stock.all(),
        fulfillments: all.flatMap((order) =>
          fulfilmentsOf(order).map((made) => toPlainFulfilment(order, made)),
        ),
        refunds: all.flatMap((order) =>
          toPlainOrder(order).refunds.map((refund) => ({
            ...refund,
            order: { id: `gid://shopify/Order/${order.id}` },
          })),
        ),
      }
    },
    takeStock: (body) => {
      const told = StockInput.safeParse(loose(parseJson(body).ok ? JSON.parse(body) : undefined))
      if (!told.success) return json(422, { errors: told.error.issues })
      for (const { sku, onHand } of told.data.counts) stock.count(sku, onHand)
      return json(200, { inventory: told.data.counts.length })
    },
    takeOrder: async (body, send) => {
      const parsed = parseJson(body)
      if (!parsed.ok) return json(422, { errors: 'The body is not JSON.' })
      const wire = loose(parsed.value)
      const about = aboutOrder(wire)
      if (about) {
        if (send) deliver(about)(body)
        return json(202, { accepted: about })
      }
      const id = idOf(wire)
      if (!id) return json(422, { errors: 'The body has no order id.' })
      if (!Array.isArray(wire['line_items'])) {
        if (send) deliver('orders/updated')(body)
        return json(202, { accepted: 'orders/updated' })
      }

      const before = orders.find(id)
      const sent = orders.take(id, { wire, body })
      const after = orders.find(id)
      if (after) stock.sold(before, after)
      if (send) deliver(sent.topic)(sent.body)
      return json(201, { order: { id: `gid://shopify/Order/${id}` } })
    },
  }
}

/** So many of each are shown as available. */
const StockInput = z.object({
  counts: z.array(z.object({ sku: z.string().min(1), onHand: z.int() })),
})

/** The topic of a body that is about an order without being one. */
function aboutOrder(wire: Loose): string | undefined {
  if (wire['order_edit']) return 'orders/edited'
  return wire['order_id'] ? 'refunds/create' : undefined
}

/** Client credentials for a token that lives a day; refusals as Shopify words them. */
function mint(
  { method, headers, body }: TwinRequest,
  secret: ReturnType<typeof secretOf>,
  tokens: Set<string>,
): TwinReply {
  if (method !== 'POST') return json(405, { errors: 'Method Not Allowed' })
  const isJson = headers['content-type']?.includes('json')
  const parsed = isJson ? parseJson(body) : undefined
  const form = parsed?.ok ? loose(parsed.value) : Object.fromEntries(new URLSearchParams(body))
  if (form['grant_type'] !== 'client_credentials') {
    return json(400, { error: 'unsupported_grant_type' })
  }
  if (form['client_id'] !== secret.clientId || form['client_secret'] !== secret.clientSecret) {
    return json(400, { error: 'invalid_client' })
  }
  const token = `shpat_${randomBytes(16).toString('hex')}`
  tokens.add(token)
  const scope = 'read_orders,write_merchant_managed_fulfillment_orders'
  return json(200, { access_token: token, scope, expires_in: 86399 })
}

/** The same for one shop in every life of the twin; Shopify signs webhooks with the client secret. */
function secretOf(shop: string) {
  const derived = (what: string) =>
    createHash('sha256').update(`${what} of ${shop}`).digest('hex').slice(0, 32)
  const clientSecret = `shpss_${derived('client secret')}`
  return { webhookSecrets: [clientSecret], clientId: derived('client id'), clientSecret }
}

interface Webhook {
  readonly topic: string
  readonly body: string
  readonly shop: string
  readonly secret: ReturnType<typeof secretOf>
  readonly world: Pick<TwinWorld, 'now' | 'settings'>
}

const signed = ({ topic, body, shop, secret, world }: Webhook): Record<string, string> => ({
  'content-type': 'application/json',
  'user-agent': 'Shopify-Captain-Hook',
  'x-shopify-topic': topic,
  'x-shopify-hmac-sha256': createHmac('sha256', secret.clientSecret).update(body).digest('base64'),
  'x-shopify-shop-domain': shop,
  'x-shopify-api-version': ShopifySettings.parse(world.settings).apiVersion,
  'x-shopify-webhook-id': randomUUID(),
  'x-shopify-event-id': randomUUID(),
  'x-shopify-triggered-at': world.now().toISOString().replace('Z', '000000Z'),
})

const throttledAnswer = (
  requestedQueryCost: number,
  status: { readonly currentlyAvailable: number },
) => ({
  errors: [coded('THROTTLED', 'Throttled')],
  extensions: {
    cost: {
      requestedQueryCost,
      actualQueryCost: null,
      throttleStatus: { maximumAvailable: 20_000, restoreRate: 1_000, ...status },
    },
  },
})

const invalidToken = json(401, {
  errors: '[API] Invalid API key or access token (unrecognized login or wrong password)',
})

import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { isAt, json } from '../kit/answer.ts'
import { type Loose, loose, readJson } from '../kit/body.ts'
import { digestOf } from '../kit/ids.ts'
import { countsIn } from '../kit/stock-counts.ts'
import { accessTokens } from '../kit/tokens.ts'
import type { MakeTwin, TwinReply, TwinRequest } from '../kit/twin.ts'
import { hmacOf } from '../kit/webhooks.ts'
import { coded, graphqlApi } from './api.ts'
import { digits, idOf } from './body.ts'
import { cancelJobs, cancelled, cancelRefusal } from './cancel.ts'
import { inventory } from './inventory.ts'
import { plain, refundsOf, toFulfilmentNode, toOrderNode } from './nodes.ts'
import { fulfilmentsOf, type OpenOrder, open } from './order.ts'
import { orderShelf } from './shelf.ts'

const Settings = z.object({
  shop: z.string(),
  apiVersion: z.string().default('2026-10'),
  location: z.string().optional(),
})

const tokenPath = '/admin/oauth/access_token'

/** One version a quarter. */
const graphqlPath = /^\/admin\/api\/20\d\d-(01|04|07|10)\/graphql\.json$/

/** A token of the client-credentials grant lives a day. */
const tokenSeconds = 86_399

/** A shop that keeps its orders, signs its webhooks and answers the Admin API. */
export const twin: MakeTwin = (world) => {
  const { shop, apiVersion, location } = Settings.parse(world.settings)
  const secret = secretOf(shop)
  const orders = orderShelf(world)
  const tokens = accessTokens(world, { prefix: 'shpat_', seconds: tokenSeconds })
  const jobs = cancelJobs(world)
  const stock = inventory(world, location)
  const answer = graphqlApi(world, {
    orders,
    inventory: stock,
    jobs,
    deliver: (topic, body) => deliver(topic)(body),
  })

  const deliver = (topic: string) => (body: string) =>
    world.deliver({
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Shopify-Captain-Hook',
        'x-shopify-topic': topic,
        'x-shopify-hmac-sha256': hmacOf(secret.clientSecret, body),
        'x-shopify-shop-domain': shop,
        'x-shopify-api-version': apiVersion,
        'x-shopify-webhook-id': randomUUID(),
        'x-shopify-event-id': randomUUID(),
        'x-shopify-triggered-at': world.now().toISOString().replace('Z', '000000Z'),
      },
      body,
    })

  return {
    secret,
    throttled,
    unavailable: json(503, { errors: 'Service Unavailable' }),
    handle: async (request) => {
      const path = request.path.replace(/\?.*/, '')
      const isKnown = path === tokenPath || graphqlPath.test(path)
      if (!isKnown || !isAt(request, shop)) return json(404, { errors: 'Not Found' })
      if (request.method !== 'POST') return json(405, { errors: 'Method Not Allowed' })
      if (path === tokenPath) {
        const error = grantError(request, secret)
        return error ? json(400, { error }) : tokenAnswer(tokens.issue())
      }
      return tokens.allows(request.headers['x-shopify-access-token'])
        ? answer(request.body)
        : invalidToken
    },
    tick: async () => {
      const input = jobs.next()
      const order = input && orders.find(digits(input.orderId))
      if (!order || cancelRefusal(order)) return
      const changed = cancelled(order, input, world.now())
      orders.put(changed)
      if (input.restock) stock.sold(order, open(changed))
      deliver('orders/cancelled')(changed.body)
    },
    state: () => {
      const all = orders.all()
      const of = <T>(list: (order: OpenOrder) => readonly T[]) => all.flatMap(list).map(plain)
      return {
        orders: all.map(toOrderNode).map(plain),
        inventory: stock.all(),
        fulfillments: of((order) =>
          fulfilmentsOf(order).map((made) => toFulfilmentNode(order, made)),
        ),
        refunds: of((order) =>
          refundsOf(order).map((refund) => ({
            ...refund,
            order: { id: `gid://shopify/Order/${order.id}` },
          })),
        ),
      }
    },
    takeStock: (body) => {
      const counts = countsIn(body)
      if (!counts) return json(422, { errors: 'The body has no counts.' })
      for (const { sku, onHand } of counts) stock.count(sku, onHand)
      return json(200, { inventory: counts.length })
    },
    takeOrder: async (body, send) => {
      const parsed = readJson(body)
      if (parsed === undefined) return json(422, { errors: 'The body is not JSON.' })
      const wire = loose(parsed)
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

/** The topic of a body that is about an order without being one. */
function aboutOrder(wire: Loose): string | undefined {
  if (wire['order_edit']) return 'orders/edited'
  return wire['order_id'] ? 'refunds/create' : undefined
}

/** What Shopify has against a request for a token: client credentials, as a form or as JSON. */
function grantError(
  { headers, body }: TwinRequest,
  { clientId, clientSecret }: ReturnType<typeof secretOf>,
): string | undefined {
  const form = headers['content-type']?.includes('json')
    ? loose(readJson(body))
    : Object.fromEntries(new URLSearchParams(body))
  if (form['grant_type'] !== 'client_credentials') return 'unsupported_grant_type'
  const isKnown = form['client_id'] === clientId && form['client_secret'] === clientSecret
  return isKnown ? undefined : 'invalid_client'
}

const tokenAnswer = (token: string): TwinReply =>
  json(200, {
    access_token: token,
    scope: 'read_orders,write_merchant_managed_fulfillment_orders',
    expires_in: tokenSeconds,
  })

/** The same for one shop in every life of the twin; Shopify signs webhooks with the client secret. */
function secretOf(shop: string) {
  const derived = (what: string) => digestOf(`${what} of ${shop}`).toString('hex').slice(0, 32)
  const clientSecret = `shpss_${derived('client secret')}`
  return { webhookSecrets: [clientSecret], clientId: derived('client id'), clientSecret }
}

const throttled = json(200, {
  errors: [coded('THROTTLED', 'Throttled')],
  extensions: {
    cost: {
      requestedQueryCost: 10,
      actualQueryCost: null,
      throttleStatus: { maximumAvailable: 20_000, restoreRate: 1_000, currentlyAvailable: 0 },
    },
  },
})

const invalidToken = json(401, {
  errors: '[API] Invalid API key or access token (unrecognized login or wrong password)',
})

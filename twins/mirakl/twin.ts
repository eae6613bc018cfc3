import { z } from 'zod'
import { answering, isAt, json } from '../kit/answer.ts'
import { type Loose, listOf, parseExactly, readJson } from '../kit/body.ts'
import { guidOf } from '../kit/ids.ts'
import { slidingLimit } from '../kit/rate-limits.ts'
import { countsIn } from '../kit/stock-counts.ts'
import type { MakeTwin, TwinReply, TwinWorld } from '../kit/twin.ts'
import { api } from './api.ts'
import { offersOf, throttled } from './offers.ts'
import { asListed, momentOf, movedTo, refusal, textOf } from './order.ts'
import { type Shelf, shelfOf } from './shelf.ts'
import { dispatch } from './shipments.ts'

const Settings = z.object({ host: z.string() })

/** How long the buyer's bank takes. */
const debitMs = 2_000

/** Calls of one operation in a minute before it throttles. */
const callsAMinute = 120

/** One operator's marketplace and one shop in it. The README says what it leaves out. */
export const twin: MakeTwin = (world) => {
  const { host } = Settings.parse(world.settings)
  const secret = { webhookSecrets: [], apiKey: guidOf(`shop key of ${host}`) }
  const shelf = shelfOf(world)
  const shipments = dispatch(world, shelf)
  const offers = offersOf(world)
  const handle = api({ world, shelf, shipments, offers })
  const limitOf = limits(world)

  return {
    secret,
    handle: answering((request) => {
      if (!isAt(request, host)) return refusal(404, 'Not Found')
      if (request.headers['authorization'] !== secret.apiKey) return refusal(401, 'Unauthorized')
      const path = request.path.replace(/\?.*/, '').replace(/\/orders\/[^/]+\//, '/')
      const { left, waitSeconds } = limitOf(`${request.method} ${path}`)()
      return left < 0 ? throttled(waitSeconds) : handle(request)
    }),
    state: () => ({
      orders: shelf.all().map(asListed),
      shipments: shipments.all(),
      offers: offers.all(),
    }),
    throttled: throttled(1),
    unavailable: refusal(503, 'Service Unavailable'),
    tick: async () => {
      debit(world, shelf)
      offers.importWhatIsDue()
    },
    takeOrder: async (body, deliver) =>
      take(body, (order) => {
        if (!shelf.find(textOf(order['order_id']))) offers.sold(order)
        if (deliver) shelf.put(order)
        else shelf.keep(order)
      }),
    takeStock: (body) => {
      const counts = countsIn(body)
      if (!counts) return refusal(422, 'The body has no counts.')
      for (const { sku, onHand } of counts) offers.count(sku, onHand)
      return json(200, { offers: counts.length })
    },
  }
}

/** Takes an order, or a page of them, as OR11 gives it; `store` says whether it changed just now. */
function take(body: string, store: (order: Loose) => void): TwinReply {
  if (readJson(body) === undefined) return refusal(422, 'The body is not JSON.')
  const exact = parseExactly(body)
  const orders = 'orders' in exact ? listOf(exact['orders']) : [exact]
  const wrong = orders.map(objection).find((problem) => problem !== undefined)
  if (wrong || orders.length === 0) return refusal(422, wrong ?? 'There is no order in the body.')
  orders.forEach(store)
  return json(201, { orders: orders.map((order) => ({ order_id: order['order_id'] })) })
}

function objection(order: Loose): string | undefined {
  if (!textOf(order['order_id'])) return 'The order has no order_id.'
  if (!textOf(order['order_state'])) return 'The order has no order_state.'
  const lines = listOf(order['order_lines'])
  const isWhole = lines.length > 0 && lines.every((line) => textOf(line['order_line_id']) !== '')
  return isWhole ? undefined : 'The order has no order_lines with an order_line_id each.'
}

/** A buyer who was asked to pay has paid a moment later. */
function debit({ now }: TwinWorld, shelf: Shelf): void {
  const asked = ['WAITING_DEBIT', 'WAITING_DEBIT_PAYMENT']
  for (const order of shelf.waiting(asked, now().getTime() - debitMs)) {
    const paid = { customer_debited_date: momentOf(now()), can_cancel: false, can_shop_ship: true }
    shelf.put({ ...movedTo(order, 'SHIPPING', { debited_date: momentOf(now()) }), ...paid })
  }
}

/** Each operation has its own limit. */
function limits({ now }: Pick<TwinWorld, 'now'>) {
  const known = new Map<string, ReturnType<typeof slidingLimit>>()
  return (operation: string) => {
    const limit = known.get(operation) ?? slidingLimit(now, { most: callsAMinute, seconds: 60 })
    known.set(operation, limit)
    return limit
  }
}

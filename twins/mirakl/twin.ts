import { createHash } from 'node:crypto'
import { z } from 'zod'
import { MiraklSettings } from '../../connectors/mirakl/settings.ts'
import { parseJson } from '../../domain/parse.ts'
import type { MakeTwin, TwinReply, TwinWorld } from '../kit/twin.ts'
import { api } from './api.ts'
import { type Loose, listOf, parseExactly, textOf } from './body.ts'
import { offersOf } from './offers.ts'
import { momentOf, movedTo, told } from './order.ts'
import { json, refusal } from './reply.ts'
import { type Shelf, shelfOf } from './shelf.ts'
import { dispatch } from './shipments.ts'

/** How long the buyer's bank takes. */
const debitMs = 2_000

/** Calls of one operation in a minute before it throttles. Mirakl says how often one should ask, and not when it stops answering. */
const callsAMinute = 120

/** One operator's marketplace and one shop in it. The README says what it leaves out. */
export const twin: MakeTwin = (world) => {
  const { host } = MiraklSettings.parse(world.settings)
  const secret = { webhookSecrets: [], apiKey: keyOf(host) }
  const shelf = shelfOf(world)
  const shipments = dispatch(world, shelf)
  const offers = offersOf(world)
  const handle = api({ world, shelf, shipments, offers })
  const budget = minuteBudget(world)

  return {
    secret,
    handle: async (request) => {
      if (request.headers['authorization'] !== secret.apiKey) return refusal(401, 'Unauthorized')
      const operation = `${request.method} ${request.path.replace(/\?.*/, '').replace(/\/orders\/[^/]+\//, '/')}`
      const seconds = budget(operation)
      return seconds > 0 ? throttled(seconds) : handle(request)
    },
    state: () => ({
      orders: shelf.all().map(told),
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
      const parsed = parseJson(body)
      const told = StockInput.safeParse(parsed.ok ? parsed.value : undefined)
      if (!told.success) return refusal(422, 'The body has no counts.')
      for (const { sku, onHand } of told.data.counts) offers.count(sku, onHand)
      return json(200, { offers: told.data.counts.length })
    },
  }
}

/** So many of each are offered. */
const StockInput = z.object({
  counts: z.array(z.object({ sku: z.string().min(1), onHand: z.int().min(0) })),
})

/** Takes an order, or a page of them, as OR11 gives it; `store` says whether it changed just now. */
function take(body: string, store: (order: Loose) => void): TwinReply {
  const parsed = parseJson(body)
  if (!parsed.ok) return refusal(422, 'The body is not JSON.')
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

/** Whoever was asked to pay has paid a moment later. */
function debit({ now }: TwinWorld, shelf: Shelf): void {
  const asked = ['WAITING_DEBIT', 'WAITING_DEBIT_PAYMENT']
  for (const order of shelf.waiting(asked, now().getTime() - debitMs)) {
    const paid = { customer_debited_date: momentOf(now()), can_cancel: false, can_shop_ship: true }
    shelf.put({ ...movedTo(order, 'SHIPPING', { debited_date: momentOf(now()) }), ...paid })
  }
}

/** Seconds to wait, or none. */
function minuteBudget({ now }: Pick<TwinWorld, 'now'>) {
  const calls = new Map<string, readonly number[]>()
  return (operation: string): number => {
    const at = now().getTime()
    const lately = (calls.get(operation) ?? []).filter((one) => at - one < 60_000)
    const [first = at] = lately
    if (lately.length >= callsAMinute) return Math.max(1, Math.ceil((first + 60_000 - at) / 1000))
    calls.set(operation, [...lately, at])
    return 0
  }
}

function throttled(seconds: number): TwinReply {
  const { headers, ...reply } = refusal(429, 'Too Many Requests')
  return { ...reply, headers: { ...headers, 'retry-after': String(seconds) } }
}

/** The same for one marketplace in every life of the twin. */
function keyOf(host: string): string {
  const hex = createHash('sha256').update(`shop key of ${host}`).digest('hex')
  return [8, 4, 4, 4, 12]
    .map((n, i, all) => {
      const from = all.slice(0, i).reduce((sum, one) => sum + one, 0)
      return hex.slice(from, from + n)
    })
    .join('-')
}

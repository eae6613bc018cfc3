import { z } from 'zod'
import type { Account } from '../../domain/account.ts'
import type { Effect, Subject } from '../../domain/effects/effect.ts'
import { except, type Failure } from '../../domain/failure.ts'
import { read } from '../../domain/parse.ts'
import type { Sweep } from '../../domain/poll.ts'
import type { Delivery, Reading } from '../../domain/reading.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import { ask, call } from './client.ts'
import { exactly } from './responses.ts'
import { MiraklSettings } from './settings.ts'
import { accepted } from './states.ts'
import { toOrder } from './to-order.ts'
import { OrderPage, WireOrder } from './wire.ts'

/** A swept order is the whole order, as OR11 lists it. */
export function readDelivery({
  connection,
  body,
}: Pick<Delivery, 'connection' | 'body'>): Result<readonly Reading[], Failure> {
  const json = exactly(body)
  const wire = json.ok ? read(WireOrder, json.value) : json
  const order = wire.ok ? toOrder(connection, wire.value) : wire
  return order.ok ? ok([{ type: 'snapshot', order: order.value }]) : order
}

/** Which order a body is about that could not be read as one. */
export function nameOf(body: string): string | undefined {
  const json = exactly(body)
  return json.ok ? Named.safeParse(json.value).data?.order_id : undefined
}

const Named = z.object({ order_id: z.string().min(1) })

/** The most that Mirakl gives at once. */
const size = 100

/**
 * Every order that was updated in the window, by OR11, which pages by offset over a set that moves: an order that is
 * updated again leaves the window, and all that come after it move up. Read forwards, one of them would slip into a page
 * that was read already. So the first page tells how many there are, and the others are read from the last to the first:
 * what moves up is read twice and never missed. Should there be more than before, it begins anew.
 */
export const sweep: Sweep = async (account, { from, to, cursor = '' }) => {
  const [, offset, before] = /^(\d+)\/(\d+)$/.exec(cursor) ?? []
  const at = offset && before ? { offset: Number(offset), total: Number(before) } : undefined
  const window = { start_update_date: from, end_update_date: to, max: String(size) }
  const answer = await listOrders(account, { ...window, offset: String(at?.offset ?? 0) })
  if (!answer.ok) return answer
  const { orders, total_count: total } = answer.value
  const next = nextOf(at, { total, read: orders.length })
  return ok({
    deliveries: orders.map((order) => ({ headers: {}, body: JSON.stringify(order) })),
    ...(next && { cursor: `${next.offset}/${next.total}` }),
  })
}

interface Place {
  readonly offset: number
  /** How many orders there were when the first page was read. */
  readonly total: number
}

function nextOf(
  at: Place | undefined,
  { total, read }: { readonly total: number; readonly read: number },
): Place | undefined {
  const last = Math.floor(Math.max(0, total - 1) / size) * size
  if (!at) return total > read ? { offset: last, total } : undefined
  if (total > at.total) return { offset: last, total }
  return at.offset === 0 ? undefined : { offset: at.offset - size, total: at.total }
}

/** OR11. Without a tax mode every operator would answer in one of its own. */
function listOrders(account: Account, query: Readonly<Record<string, string>>) {
  const { taxMode } = MiraklSettings.parse(account.settings)
  const asked = { ...query, order_tax_mode: taxMode }
  return ask(account, { path: '/orders', query: asked, answer: OrderPage })
}

/** The order as the marketplace has it now; `undefined` when it has none of this id. */
export async function fetchOrder(
  account: Account,
  channelOrderId: string,
): Promise<Result<Order | undefined, Failure>> {
  const wire = await fetchWire(account, channelOrderId)
  if (!wire.ok) return wire
  return wire.value ? toOrder(account.connection, wire.value) : ok(undefined)
}

/** The order in Mirakl's words. */
async function fetchWire(
  account: Account,
  orderId: string,
): Promise<Result<WireOrder | undefined, Failure>> {
  const page = await listOrders(account, { order_ids: orderId })
  if (!page.ok) return page
  const found = page.value.orders.find((order) => order.order_id === orderId)
  return found ? read(WireOrder, found) : ok(undefined)
}

/** The order of an effect, which has to be there. */
export async function standingOrder(
  account: Account,
  { order }: Pick<Subject, 'order'>,
): Promise<Result<WireOrder, Failure>> {
  const wire = await fetchWire(account, order.channelOrderId)
  if (!wire.ok) return wire
  return wire.value
    ? ok(wire.value)
    : err(except('order-not-found', 'the marketplace does not have this order any more'))
}

/**
 * Says yes to every line that is still wanted (OR21), which Mirakl takes in one piece only. The order's state tells
 * whether it was said before, by whomever.
 */
export const acceptOrder: Effect = {
  safety: { by: 'lookup', lagSeconds: 60 },
  find: 'in-doubt',
  async look(account, subject) {
    const wire = await standingOrder(account, subject)
    if (!wire.ok) return wire
    return ok(accepted.has(wire.value.order_state) ? { id: wire.value.order_id } : undefined)
  },
  async make(account, subject) {
    const id = subject.order.channelOrderId
    const order_lines = decisions(subject)
    if (!order_lines.some(({ accepted: yes }) => yes)) {
      return refuse('no line is wanted any more: refuse it at the marketplace')
    }
    const path = `/orders/${encodeURIComponent(id)}/accept`
    const said = await call(account, { method: 'PUT', path, json: { order_lines } })
    if (said.ok) return ok({ id })
    if (said.error.next !== 'except') return said

    const wire = await standingOrder(account, subject)
    if (!wire.ok || wire.value.order_state === 'WAITING_ACCEPTANCE') return said
    return accepted.has(wire.value.order_state)
      ? ok({ id })
      : refuse(`the order is ${wire.value.order_state} at the marketplace`)
  },
}

/** A decision for each line that waits for one: no for those we do not want any more. */
function decisions({ order, lines }: Subject) {
  const wanted = new Map(lines.map(({ id, quantity }) => [id, quantity]))
  return order.lines
    .filter(({ quantity, removed }) => quantity > removed)
    .map(({ id }) => ({ id, accepted: wanted.get(id) !== 0 }))
}

export const refuse = (reason: string): Result<never, Failure> =>
  err(except('effect-refused', reason))

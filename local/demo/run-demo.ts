import { setTimeout as sleep } from 'node:timers/promises'
import { orderIdOf } from '../../domain/order/order-id.ts'
import { statusOf } from '../../domain/order/state.ts'
import { parseJson } from '../../domain/parse.ts'
import type { ConnectionId, OrderId } from '../../schemas/canonical/identity.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import type { Hub } from '../hub.ts'
import type { Chaos } from './chaos.ts'
import { patience } from './patience.ts'
import { dollarsPerMillion } from './price-list.ts'
import type { Progress } from './progress.ts'
import { isAtReal, ordersIn, type Proof, prove, unfinished } from './proof.ts'
import { tell } from './story.ts'

interface Demo {
  readonly hub: Hub
  /** Order bodies, each to be placed at the shop's twin. */
  readonly bodies: readonly string[]
  readonly out: NodeJS.WriteStream
  readonly progress: Progress
  /** Orders per second. */
  readonly rate: number
  readonly chaos: Chaos | undefined
}

/** Sends the orders, shows them on their way, tells one's story, and counts the promises at the end. */
export async function runDemo(demo: Demo): Promise<Proof> {
  const { hub, bodies, out, progress } = demo
  const hopes = patience(hub.settings.connections)
  demo.chaos?.haunt(hub.twins.all)
  let left = 0
  if (bodies.length > 0) {
    out.write(
      `  ${bodies.length} ${bodies.length === 1 ? 'order' : 'orders'} at the shop${demo.chaos ? `, on a bad day (--seed ${demo.chaos.seed})` : ''}:\n\n`,
    )
    progress.start()
    const own = await place(demo)
    left += (await untilAtRest(demo, hopes, own)).length
    // What came from elsewhere meanwhile is waited for, too; what comes from now on is not.
    const others = ordersIn(await hub.ledger.heads(), hub.twins.all).difference(own)
    left += (await untilAtRest(demo, hopes, others)).length
    progress.stop()
  }
  demo.chaos?.end()

  const heads = await hub.ledger.heads()
  hopes.note(ordersIn(heads, hub.twins.all), heads)
  const counted = prove(heads, hub.twins.all, { isLate: hopes.isLate, real: realIn(hub) })
  const proof = { ...counted, ok: counted.ok && left === 0 }
  if (bodies.length > 0) {
    await story(demo, heads)
    out.write(table(proof))
    out.write(reasons(heads))
    if (!demo.chaos) out.write(price(hub, heads.length))
  }
  return proof
}

/** Places orders at the shop as customers would: evenly, whatever happens meanwhile. Comes back with their ids. */
async function place({ hub, bodies, rate, chaos }: Demo): Promise<ReadonlySet<OrderId>> {
  // What is placed are Shopify's own bodies.
  const shop = hub.twins.all.find(({ connection }) => connection.connector === 'shopify')
  if (!shop?.twin.takeOrder)
    throw new Error('the settings have no Shopify store to place orders at')
  const began = performance.now()
  const ids = new Set<OrderId>()
  let restarted = Promise.resolve()
  for (const [i, body] of bodies.entries()) {
    await sleep(Math.max(0, began + (i * 1000) / rate - performance.now()))
    if (chaos?.strikes('cloud restarted', 'an order')) restarted = hub.restart()
    const { status, body: said } = await shop.twin.takeOrder(body, true)
    if (status >= 400) throw new Error(`the shop's twin rejects the order (${status}): ${said}`)
    ids.add(orderIdOf(shop.connection.id, channelOrderIdIn(body)))
  }
  await restarted
  return ids
}

const realIn = ({ twins }: Hub): ConnectionId[] => twins.real.map(({ connection }) => connection.id)

/** As digits: some are beyond 2^53. */
function channelOrderIdIn(body: string): string {
  const json = parseJson(body)
  return String(Object(json.ok ? json.value : undefined).id)
}

/**
 * Waits until these orders are done or stand with a reason, or Crossdock itself would wait for none of them any longer. Comes
 * back with those that are left.
 */
async function untilAtRest(
  { hub }: Demo,
  hopes: ReturnType<typeof patience>,
  ids: ReadonlySet<OrderId>,
): Promise<readonly OrderId[]> {
  for (;;) {
    const began = performance.now()
    const heads = await hub.ledger.heads()
    const open = new Set([
      ...unfinished(heads, hub.twins.all, realIn(hub)),
      ...heads.flatMap((head) => (isSettled(head, realIn(hub)) ? [] : head.id)),
    ])
    const left = [...ids].filter((id) => open.has(id))
    hopes.note(left, heads)
    if (!left.some(hopes.mayMove)) return left
    await sleep(Math.max(200, 10 * (performance.now() - began)))
  }
}

/** Complete, cancelled, at a real warehouse, or standing as an exception while nothing is being tried. */
function isSettled(state: OrderState, real: readonly ConnectionId[]): boolean {
  const status = statusOf(state)
  if (status === 'complete') return true
  const trying = Object.values(state.intents).some(({ state: s }) => s === 'sent' || s === 'doubt')
  const standing =
    status === 'cancelled' || Object.keys(state.exceptions).length > 0 || isAtReal(state, real)
  return standing && !trying
}

async function story({ hub, out }: Demo, heads: readonly OrderState[]): Promise<void> {
  const hero = heads.toSorted((a, b) => parcels(b) - parcels(a) || b.rev - a.rev)[0]
  if (!hero?.seen) return
  const sentences = tell(await hub.ledger.timeline(hero.id))
  out.write(`\n  The journey of ${hero.seen.number} (${hero.id}):\n\n`)
  out.write(sentences.map((sentence) => `  ${sentence}\n`).join(''))
}

const parcels = (state: OrderState): number => Object.keys(state.shipments).length

function table(proof: Proof): string {
  const rows: readonly (readonly [string, number])[] = [
    ['captured', proof.captured],
    ['in the ERP', proof.erp],
    ['at the warehouse', proof.wms],
    ['shipped', proof.shipped],
    ['confirmed to the shop', proof.confirmed],
    ['cancelled', proof.cancelled],
    ['with exceptions', proof.exceptions],
    ['in progress', proof.underWay],
    ['lost', proof.lost],
    ['duplicated', proof.duplicated],
    ['cents of difference', proof.cents],
    ['units oversold', proof.oversold],
  ]
  const lines = rows.map(([name, n]) => `  ${name.padEnd(24)} ${String(n).padStart(6)}\n`).join('')
  const isBroken = proof.lost + proof.duplicated + proof.cents + proof.oversold > 0
  const verdict = proof.ok
    ? proof.unchecked.length === 0
      ? 'Every promise held.'
      : 'Every promise held, as far as it was counted.'
    : isBroken
      ? 'A PROMISE WAS BROKEN.'
      : 'NOT EVERY ORDER WAS COMPLETED.'
  return `\n  Counted at the twins and in the ledger:\n\n${lines}${unchecked(proof)}\n  ${verdict}\n`
}

const unchecked = (proof: Proof): string =>
  proof.unchecked
    .map(
      (id) =>
        `\n  Not checked: what ${id} holds, because it is real. Compare its documents yourself: one of each, with the channel's total.\n`,
    )
    .join('')

/** What AWS would bill for a million like these. */
function price({ cloud }: Hub, orders: number): string {
  // Simulated tables count no capacity, which is most of it.
  if (cloud.hasSimulatedTables) return ''
  const services = dollarsPerMillion(cloud.usage(), orders)
  const total = services.reduce((sum, [, dollars]) => sum + dollars, 0)
  return `\n  A million such orders would cost $${total.toFixed(0)} at AWS (npm run bench -- price shows the parts).\n`
}

function reasons(heads: readonly OrderState[]): string {
  const standing = heads.flatMap(({ seen, id, exceptions }) =>
    Object.values(exceptions).map(
      ({ code, owner, reason }) => `  ${seen?.number ?? id}: ${code} (${owner}): ${reason}\n`,
    ),
  )
  return standing.length > 0 ? `\n  Exceptions:\n\n${standing.join('')}` : ''
}

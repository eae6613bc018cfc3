import { setTimeout as sleep } from 'node:timers/promises'
import { resendSeconds } from '../../domain/order/needs.ts'
import { statusOf } from '../../domain/order/state.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import type { Hub } from '../hub.ts'
import type { Chaos } from './chaos.ts'
import { dollarsPerMillion } from './price-list.ts'
import type { Progress } from './progress.ts'
import { type Proof, prove } from './proof.ts'
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
  demo.chaos?.haunt(hub.twins.all)
  if (bodies.length > 0) {
    out.write(
      `  ${bodies.length} ${bodies.length === 1 ? 'order' : 'orders'} at the shop${demo.chaos ? `, on a bad day (--seed ${demo.chaos.seed})` : ''}:\n\n`,
    )
    progress.start()
    await place(demo)
    await untilSettled(demo)
    progress.stop()
  }
  demo.chaos?.end()

  const heads = await hub.ledger.heads()
  const proof = proofOf(heads, hub)
  if (bodies.length > 0) {
    await story(demo, heads)
    out.write(table(proof))
    out.write(reasons(heads))
    if (!demo.chaos) out.write(price(hub, heads.length))
  }
  return proof
}

/** Places orders at the shop as customers would: evenly, whatever happens meanwhile. */
async function place({ hub, bodies, rate, chaos }: Demo): Promise<void> {
  const shop = hub.twins.all.find(({ twin }) => twin.takeOrder)?.twin
  if (!shop?.takeOrder) throw new Error('no twin takes orders')
  const began = performance.now()
  let restarted = Promise.resolve()
  for (const [i, body] of bodies.entries()) {
    await sleep(Math.max(0, began + (i * 1000) / rate - performance.now()))
    if (chaos?.strikes('cloud restarted', 'an order')) restarted = hub.restart()
    const { status, body: said } = await shop.takeOrder(body, true)
    if (status >= 400) throw new Error(`the shop's twin refuses the order (${status}): ${said}`)
  }
  await restarted
}

const proofOf = (heads: readonly OrderState[], { twins }: Hub): Proof =>
  prove(heads, twins.all, new Date().toISOString())

/** Give up when nothing has moved for as long as the ledger takes to ask again, and the sweeper twice to come by. */
const patienceMs = (resendSeconds + 120) * 1000

async function untilSettled({ hub }: Demo): Promise<void> {
  let moved = performance.now()
  let last = ''
  while (performance.now() - moved < patienceMs) {
    const began = performance.now()
    const heads = await hub.ledger.heads()
    const { waiting, lost } = proofOf(heads, hub)
    if (heads.every(isSettled) && waiting + lost === 0) return
    const now = heads.map(({ rev }) => rev).join()
    if (now !== last) moved = performance.now()
    last = now
    await sleep(Math.max(200, 10 * (performance.now() - began)))
  }
}

/** Complete, cancelled, or standing as an exception while nothing is being tried. */
function isSettled(state: OrderState): boolean {
  const status = statusOf(state)
  if (status === 'complete') return true
  const trying = Object.values(state.intents).some(({ state: s }) => s === 'sent' || s === 'doubt')
  const standing = status === 'cancelled' || Object.keys(state.exceptions).length > 0
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
    ['standing as exceptions', proof.exceptions],
    ['still under way', proof.waiting],
    ['lost', proof.lost],
    ['duplicated', proof.duplicated],
    ['cents of difference', proof.cents],
    ['promised beyond stock', proof.oversold],
  ]
  const lines = rows.map(([name, n]) => `  ${name.padEnd(24)} ${String(n).padStart(6)}\n`).join('')
  const verdict = proof.ok ? 'Every promise held.' : 'A PROMISE BROKE.'
  return `\n  Counted at the twins and in the ledger:\n\n${lines}\n  ${verdict}\n`
}

/** What AWS would bill for a million like these. */
function price({ cloud }: Hub, orders: number): string {
  const services = dollarsPerMillion(cloud.usage(), orders)
  const total = services.reduce((sum, [, dollars]) => sum + dollars, 0)
  return `\n  A million such orders would cost $${total.toFixed(0)} at AWS (npm run bench -- price says of what).\n`
}

function reasons(heads: readonly OrderState[]): string {
  const standing = heads.flatMap(({ seen, id, exceptions }) =>
    Object.values(exceptions).map(
      ({ code, owner, reason }) => `  ${seen?.number ?? id}: ${code} (${owner}): ${reason}\n`,
    ),
  )
  return standing.length > 0 ? `\n  Exceptions:\n\n${standing.join('')}` : ''
}

import { start } from '../simulation/run.ts'
import type { Figure } from './figure.ts'
import {
  busy,
  deadLetters,
  erp,
  found,
  type Hours,
  laneOf,
  minute,
  opened,
  p99,
  quiet,
  seconds,
  waits,
} from './virtual-hours.ts'

const usual = 10
const [begin, end, last] = [10, 20, 60]
const begins = start + begin * minute

/** Eight times the usual orders for ten minutes, behind an ERP that bears four requests at one time. */
export async function spike(root: string): Promise<readonly Figure[]> {
  const hours = await opened(root, { ships: false, workMs: (id) => (id === erp ? 1000 : 250) }, [
    { shop: busy, from: 0, to: begin, perMinute: usual },
    { shop: busy, from: begin, to: end, perMinute: usual * 8 },
    { shop: quiet, from: 0, to: last, perMinute: 6 },
  ])
  const { time, vendors } = hours
  const { load, connection } = found(vendors, (vendor) => vendor.connection.id === erp, erp)
  await time.runUntil(begins)
  const before = load.all
  const stop = watchPlaces(hours, erp)
  const drained = await untilPosted(hours)
  const spent = stop()
  const usually = before / ordersAt(hours, 0, begin).length
  const meanwhile = (load.all - before) / ordersAt(hours, begin, end).length
  await time.runUntil(start + (last + 5) * minute)

  const cap = connection.maxConcurrency
  // Requests that an order does not need when all is calm are no reason to take longer.
  const least = (spent.inRequest * Math.min(1, usually / meanwhile)) / cap
  const before99 = p99(waits(hours, { shop: quiet, from: 0, to: begin }))
  const to = begin + Math.ceil(drained / minute)
  const during99 = p99(waits(hours, { shop: quiet, from: begin, to }))
  return [
    {
      name: 'time to drain ÷ least possible',
      value: (drained / least).toFixed(3),
      goal: '≤ 1.05',
      how: `${usual * 8 * (end - begin)} orders in ten minutes, ${cap} concurrent requests of a second, virtual time: ${seconds(drained)} of ${seconds(least)}`,
    },
    {
      name: 'slots busy with a request',
      value: share(spent.inRequest, spent),
      goal: 'watched',
      how: `otherwise: has a message ${share(spent.inHand, spent)}, messages wait ${share(spent.unattended, spent)}, nothing to do ${share(spent.idle, spent)}`,
    },
    {
      name: 'requests per order',
      value: meanwhile.toFixed(2),
      goal: `${usually.toFixed(2)}`,
      how: 'during the spike, compared with before it',
    },
    {
      name: 'most concurrent requests',
      value: String(load.most),
      goal: `≤ ${cap}`,
      how: 'counted at the ERP',
    },
    { name: 'dead letters', value: String(deadLetters(hours)), goal: '0', how: 'in all queues' },
    {
      name: "quiet channel's p99 ÷ its usual",
      value: (during99 / before99).toFixed(2),
      goal: '≤ 2',
      how: `shop to ERP, ${seconds(during99)} during the spike, ${seconds(before99)} before`,
    },
  ]
}

const ordersAt = ({ plans }: Hours, from: number, to: number) =>
  plans
    .filter(({ shop }) => shop.connection.id === busy)
    .filter(({ placedAt }) => placedAt >= start + from * minute && placedAt < start + to * minute)

/** Milliseconds from the beginning of the spike until the ERP has its last order. */
async function untilPosted(hours: Hours): Promise<number> {
  const { time, witness } = hours
  const own = ordersAt(hours, begin, end)
  const missing = () =>
    own.filter(({ order }) => !witness.reached.get(order)?.has('order.accepted'))
  while (time.now() < start + last * minute && missing().length > 0) {
    await time.runUntil(time.now() + 100)
  }
  if (missing().length > 0) throw new Error(`${missing().length} orders were never posted`)
  return time.now() - begins
}

const share = (part: number, { inRequest, inHand, unattended, idle }: Spent): string =>
  `${((100 * part) / (inRequest + inHand + unattended + idle)).toFixed(1)} %`

/** What the places of a system were used for, in milliseconds of one place. */
interface Spent {
  readonly inRequest: number
  /** A worker has a message, and asks something else than the system. */
  readonly inHand: number
  /** Messages were there, and no worker had one. */
  readonly unattended: number
  /** Nothing was there to do. */
  readonly idle: number
}

/** How finely is looked, in milliseconds. */
const step = 25

/** Looks what the places of one system do, until it is asked to stop. */
function watchPlaces(hours: Hours, id: string): () => Spent {
  const { time, vendors } = hours
  const { load, connection } = found(vendors, (vendor) => vendor.connection.id === id, id)
  const queue = laneOf(hours, id)
  const spent = { inRequest: 0, inHand: 0, unattended: 0, idle: 0 }
  let watching = true
  const look = (): void => {
    if (!watching) return
    const asking = load.awaited
    const held = Math.max(asking, queue.inFlight)
    const free = Math.max(0, connection.maxConcurrency - held)
    const waiting = Math.min(free, queue.waiting)
    spent.inRequest += asking * step
    spent.inHand += (held - asking) * step
    spent.unattended += waiting * step
    spent.idle += (free - waiting) * step
    time.after(step, look)
  }
  look()
  return () => {
    watching = false
    return { ...spent }
  }
}

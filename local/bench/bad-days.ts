import { readSettings } from '../../lib/settings.ts'
import { build } from '../build.ts'
import { readDesign } from '../simulation/design.ts'
import { plainPlan } from '../simulation/people.ts'
import { openRun, type Run, type RunOptions, start } from '../simulation/run.ts'
import type { Vendor } from '../simulation/vendors.ts'
import type { Figure } from './figure.ts'

const minute = 60_000

/** Orders a minute at one shop, from one minute to another. */
interface Rate {
  readonly shop: string
  readonly from: number
  readonly to: number
  readonly perMinute: number
}

const busy = 'shopify/first-store'
const quiet = 'shopify/second-store'
const erp = 'netsuite/first-erp'

/** Orders evenly placed, numbered across all shops. */
function placed(shops: readonly Vendor[], rates: readonly Rate[]) {
  const moments = rates.flatMap(({ shop, from, to, perMinute }) =>
    Array.from({ length: (to - from) * perMinute }, (_, i) => ({
      shop,
      at: start + from * minute + (i * minute) / perMinute,
    })),
  )
  return moments.map(({ shop, at }, index) => {
    const found = shops.find(({ connection }) => connection.id === shop)
    if (!found) throw new Error(`there is no ${shop}`)
    return plainPlan(found, index, at)
  })
}

async function opened(root: string, options: Partial<RunOptions>, rates: readonly Rate[]) {
  const design = readDesign(await build(root, 'simulation'))
  return openRun({
    design,
    settings: readSettings('simulation'),
    seed: 4,
    orders: 0,
    days: 1,
    // All is well: what is measured is the load, not the weather.
    mask: { only: new Set(), without: new Set(['outages']) },
    plans: (shops) => placed(shops, rates),
    ...options,
  })
}

/** Milliseconds from the shop to the ERP, of the orders that one shop took from one minute to another. */
function waits({ plans, witness }: Run, { shop, from, to }: Omit<Rate, 'perMinute'>) {
  return plans
    .filter((plan) => plan.shop.connection.id === shop)
    .filter(({ placedAt }) => placedAt >= start + from * minute && placedAt < start + to * minute)
    .map(({ order, placedAt }) => {
      const at = witness.reached.get(order)?.get('order.accepted')
      return at === undefined ? Number.POSITIVE_INFINITY : at - placedAt
    })
}

function p99(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? Number.NaN
}

const deadLetters = ({ cloud }: Run): number =>
  [...cloud.queues.values()].reduce((sum, queue) => sum + (queue.deadLetters?.depth ?? 0), 0)

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

/** Eight times the usual orders for ten minutes, behind an ERP that bears four requests at one time. */
export async function spike(root: string): Promise<readonly Figure[]> {
  const usual = 10
  const [begin, end, last] = [10, 20, 60]
  const run = await opened(root, { ships: false, workMs: (id) => (id === erp ? 1000 : 250) }, [
    { shop: busy, from: 0, to: begin, perMinute: usual },
    { shop: busy, from: begin, to: end, perMinute: usual * 8 },
    { shop: quiet, from: 0, to: last, perMinute: 6 },
  ])
  const { time, vendors, witness, plans } = run
  await time.runUntil(start + begin * minute)
  const load = vendors.find(({ connection }) => connection.id === erp)?.load
  if (!load) throw new Error(`there is no ${erp}`)
  const before = load.heldMs
  await time.runUntil(start + (last + 5) * minute)
  const own = plans.filter(
    ({ shop, placedAt }) => shop.connection.id === busy && placedAt >= start + begin * minute,
  )
  const done = own.map(
    ({ order }) => witness.reached.get(order)?.get('order.accepted') ?? Number.NaN,
  )
  const drained = Math.max(...done) - (start + begin * minute)
  const cap =
    vendors.find(({ connection }) => connection.id === erp)?.connection.maxConcurrency ?? 1
  const least = (load.heldMs - before) / cap
  const usually = p99(waits(run, { shop: quiet, from: 0, to: begin }))
  const meanwhile = p99(
    waits(run, { shop: quiet, from: begin, to: begin + Math.ceil(drained / minute) }),
  )
  const how = `${own.length} orders in ten minutes, ${cap} requests of a second at one time, virtual time`
  return [
    {
      name: 'drained ÷ least possible',
      value: (drained / least).toFixed(3),
      goal: '≤ 1.05',
      how: `${how}: ${seconds(drained)} of ${seconds(least)}`,
    },
    {
      name: 'most requests at one time',
      value: String(load.most),
      goal: `≤ ${cap}`,
      how: 'counted at the ERP',
    },
    { name: 'dead letters', value: String(deadLetters(run)), goal: '0', how: 'of all queues' },
    {
      name: "quiet channel's p99 ÷ its usual",
      value: (meanwhile / usually).toFixed(2),
      goal: '≤ 2',
      how: `shop to ERP, ${seconds(meanwhile)} during the spike, ${seconds(usually)} before`,
    },
  ]
}

/** Ten thousand dead letters come back at once, while people go on buying. */
export async function redrive(root: string, letters = 10_000): Promise<readonly Figure[]> {
  const last = 60
  const run = await opened(root, {}, [
    { shop: busy, from: 0, to: last, perMinute: 6 },
    { shop: quiet, from: 0, to: last, perMinute: 6 },
  ])
  const { time, cloud, witness, vendors } = run
  const back = 30
  await time.runUntil(start + back * minute)
  const old = [...witness.sent]
  const known = new Map(
    vendors.map(({ connection, documents }) => [connection.id, documents.all('orders').length]),
  )
  for (let i = 0; i < letters; i++) {
    const { queue, body, group } = old[i % old.length] ?? { queue: '', body: '', group: undefined }
    cloud.queues.get(queue)?.deadLetters?.send(body, { group })
  }
  await time.runUntil(time.now() + 1000)
  const moved = [...cloud.queues.values()].reduce(
    (sum, queue) => sum + (queue.deadLetters?.redrive(queue) ?? 0),
    0,
  )
  await time.runUntil(start + (last + 240) * minute)
  const twice = witness.breaches.length + (known.size === 0 ? 1 : 0)
  const usually = p99(waits(run, { shop: busy, from: 0, to: back }))
  const meanwhile = p99(waits(run, { shop: busy, from: back, to: last }))
  return [
    {
      name: 'effects done twice',
      value: String(twice),
      goal: '0',
      how: `${moved} messages redriven under new ids, beside 12 orders a minute`,
    },
    {
      name: 'p99 from shop to ERP ÷ its usual',
      value: (meanwhile / usually).toFixed(2),
      goal: 'printed',
      how: `${seconds(meanwhile)} while they came back, ${seconds(usually)} before`,
    },
    { name: 'dead letters left', value: String(deadLetters(run)), goal: '0', how: 'of all queues' },
  ]
}

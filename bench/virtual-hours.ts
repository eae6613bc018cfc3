import { readSettings } from '../lib/settings/settings.ts'
import { build } from '../local/build.ts'
import { type Design, readDesign } from '../simulation/design.ts'
import { plainPlan } from '../simulation/people.ts'
import type { Queue } from '../simulation/queues.ts'
import { openRun, type Run, type RunOptions, start } from '../simulation/run.ts'
import type { Vendor } from '../simulation/vendors.ts'

export const minute = 60_000

/** The shops of the simulated environment, and the ERP of the first. */
export const busy = 'shopify/first-store'
export const quiet = 'shopify/second-store'
export const erp = 'netsuite/first-erp'

/** Orders a minute at one shop, from one minute to another. */
export interface Rate {
  readonly shop: string
  readonly from: number
  readonly to: number
  readonly perMinute: number
}

export interface Hours extends Run {
  readonly design: Design
}

/** A world in virtual time in which nothing goes wrong: what is measured is the load, not the weather. */
export async function opened(
  root: string,
  options: Partial<RunOptions>,
  rates: readonly Rate[],
): Promise<Hours> {
  const design = readDesign(await build(root, 'simulation'))
  const run = openRun({
    design,
    settings: readSettings('simulation'),
    seed: 4,
    orders: 0,
    counted: false,
    days: 1,
    mask: { only: new Set(), without: new Set(['outages']) },
    plans: (shops) => placed(shops, rates),
    ...options,
  })
  return { ...run, design }
}

/** Orders evenly placed, numbered across all shops. */
function placed(shops: readonly Vendor[], rates: readonly Rate[]) {
  const moments = rates.flatMap(({ shop, from, to, perMinute }) =>
    Array.from({ length: (to - from) * perMinute }, (_, i) => ({
      shop,
      at: start + from * minute + (i * minute) / perMinute,
    })),
  )
  return moments.map(({ shop, at }, index) =>
    plainPlan(
      found(shops, ({ connection }) => connection.id === shop, shop),
      index,
      at,
    ),
  )
}

/** The queue of what is asked of one system. */
export function laneOf({ cloud, design }: Hours, connection: string): Queue {
  const { environment } = found(
    design.functions.values(),
    (each) => each.folder === 'perform-effects' && each.environment['CONNECTION'] === connection,
    `lane to ${connection}`,
  )
  const url = environment['LANE_QUEUE_URL']
  return found(cloud.queues.values(), (queue) => queue.design.url === url, `queue ${url}`)
}

/** Milliseconds from the shop to the ERP, of the orders that one shop took from one minute to another. */
export function waits({ plans, witness }: Run, { shop, from, to }: Omit<Rate, 'perMinute'>) {
  return plans
    .filter((plan) => plan.shop.connection.id === shop)
    .filter(({ placedAt }) => placedAt >= start + from * minute && placedAt < start + to * minute)
    .map(({ order, placedAt }) => {
      const at = witness.reached.get(order)?.get('order.accepted')
      return at === undefined ? Number.POSITIVE_INFINITY : at - placedAt
    })
}

export function p99(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? Number.NaN
}

export const deadLetters = ({ cloud }: Run): number =>
  [...cloud.queues.values()].reduce((sum, queue) => sum + (queue.deadLetters?.depth ?? 0), 0)

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

export function found<T>(all: Iterable<T>, is: (one: T) => boolean, what: string): T {
  for (const one of all) if (is(one)) return one
  throw new Error(`there is no ${what}`)
}

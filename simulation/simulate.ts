import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readSettings } from '../lib/settings/settings.ts'
import { build } from '../local/build.ts'
import { readDesign } from './design.ts'
import { plantAll, type Verdict } from './plant.ts'
import type { Deployed, RunOptions } from './run.ts'
import { type Shrunken, shrink } from './shrink.ts'
import { simulate } from './simulate-one.ts'
import { readable, tell } from './tell.ts'
import type { Breach } from './witness.ts'

const help = `Runs Crossdock's real sources through simulated bad days in virtual time.

  npm run simulate                                  a fixed set of seeds and a few new ones
  npm run simulate -- --seed 7                      one seed, 60 orders in one day
  npm run simulate -- --seed 7 --orders 8 --days 1  one seed of this size
  npm run simulate -- --few                         three seeds, one of them new
  npm run simulate -- --fresh 120 --orders 200      120 new seeds; does not stop at failures
  npm run simulate -- --nightly                     400 new seeds, 200 orders in two days
  npm run simulate -- --planted                     plants every bug of simulation/planted-bugs.ts and looks for it
  npm run simulate -- --planted --bug NAME          plants this bug
  npm run simulate -- --planted --few               plants three, which change from day to day
  npm run simulate -- --story ORDER --seed 7        prints the full story of one order or article
  npm run simulate -- --shrink 900                  spends at most 900 seconds on shrinking a failure (default 300, 0: none)
`

/** Seeds that are always tried: what they found was mended. */
const fixed = [20, 3, 7, 17, 30, 1, 32, 39]
const fresh = 4
const nightly = 400

/** Few orders seldom meet: when nearly all seeds held with sixty, six of eight broke with two hundred. */
const usual = { orders: '60', days: '1' }
const large = { orders: '200', days: '2' }

/** Invocations to simulate, at most, to make a broken seed smaller: some eighty days of eight orders. */
const work = 600_000

/** Seeds that each planted bug is looked for in, after the one that showed it before. */
const seedsEach = 12

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    orders: { type: 'string' },
    days: { type: 'string' },
    fresh: { type: 'string' },
    story: { type: 'string' },
    shrink: { type: 'string', default: '300' },
    nightly: { type: 'boolean', default: false },
    few: { type: 'boolean', default: false },
    planted: { type: 'boolean', default: false },
    bug: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) process.stdout.write(help)
else process.exitCode = await main()

async function main(): Promise<number> {
  const root = join(import.meta.dirname, '..')
  const assembly = await build(root, 'simulation')
  const deployed: Deployed = {
    design: readDesign(assembly),
    settings: readSettings('simulation'),
  }
  if (values.planted) return planted(deployed)
  const { orders, days } = values.nightly ? large : usual
  const size = {
    orders: whole('orders', values.orders ?? orders),
    days: positive('days', values.days ?? days),
  }
  const began = process.cpuUsage()
  let hours = 0
  let broken = 0
  const seeds = seedsOf()
  for (const seed of seeds) {
    const lived = await one({ ...deployed, ...size, seed })
    hours += lived.hours
    if (!lived.ok) broken += 1
    if (broken >= 3 && values.fresh === undefined && !values.nightly) break
  }
  const { user, system } = process.cpuUsage(began)
  const seconds = (user + system) / 1e6
  const pace = `${Math.round(hours)} simulated hours in ${seconds.toFixed(1)} s of CPU, ${Math.round(hours / seconds)} for each second`
  process.stdout.write(`\n  ${seeds.length} seeds, ${pace}.\n`)
  process.stdout.write(
    broken === 0 ? '  Every promise held.\n' : `  ${broken} SEEDS BROKE A PROMISE.\n`,
  )
  return broken === 0 ? 0 : 1
}

async function planted(deployed: Deployed): Promise<number> {
  let alive = 0
  for await (const verdict of plantAll(deployed, {
    seeds: seedsEach,
    only: values.bug,
    some: values.few ? 3 : undefined,
  })) {
    const how = howItShowed(verdict)
    if (how === undefined) alive += 1
    process.stdout.write(`  ${verdict.bug.name.padEnd(28)} ${(how ?? 'LIVES').slice(0, 160)}\n`)
  }
  return alive === 0 ? 0 : 1
}

function howItShowed({ bug, seed, breach, test }: Verdict): string | undefined {
  if (breach) return `killed by seed ${seed}: ${breach.promise}: ${breach.what}`
  return test === undefined ? undefined : `killed by ${bug.law}: ${test}`
}

function seedsOf(): readonly number[] {
  if (values.seed !== undefined) return [whole('seed', values.seed)]
  if (values.fresh !== undefined) return newSeeds(whole('fresh', values.fresh))
  if (values.nightly) return newSeeds(nightly)
  return values.few ? [...fixed.slice(0, 2), ...newSeeds(1)] : [...fixed, ...newSeeds(fresh)]
}

function newSeeds(count: number): readonly number[] {
  const from = Math.floor(Date.now() / 1000) % 1_000_000
  return Array.from({ length: count }, (_, at) => from * 1000 + at)
}

async function one(options: RunOptions): Promise<{ readonly ok: boolean; readonly hours: number }> {
  const simulated = await simulate(options)
  const { run, breaches } = simulated
  if (values.story !== undefined) process.stdout.write(tell(run.story, values.story))
  const [first] = breaches
  if (!first) return { ok: true, hours: run.hours() }
  process.stdout.write(`\n  Seed ${options.seed} broke "${first.promise}": ${first.what}\n`)
  const limits = { work, seconds: whole('shrink', values.shrink) }
  const least = await shrink(options, simulated, { breach: first, limits })
  const { orders, days, seed } = options
  process.stdout.write(
    `${howSmall(least)}\n\n${tell(least.run.story, aboutIn(least, first), readable)}\n` +
      `  npm run simulate -- --seed ${seed} --orders ${orders} --days ${days}\n`,
  )
  return { ok: false, hours: run.hours() }
}

function howSmall({ tries, run, limit }: Shrunken): string {
  const size = `${run.plans.length} orders, ${run.faults.happened.size} faults`
  if (limit === undefined) return `  Shrunk in ${tries} tries: ${size}.`
  const spent = limit === 'work' ? `${work} invocations` : `${values.shrink} s`
  return `  Shrunk in ${tries} tries: ${size}. The limit of ${spent} was reached; a smaller story may exist.`
}

/** What the smaller story is about: the same promise may break elsewhere in it. */
function aboutIn({ breaches }: Shrunken, first: Breach): string | undefined {
  const same = breaches.filter(({ promise }) => promise === first.promise)
  const [one = first] = [...same.filter(({ what }) => what === first.what), ...same]
  return one.order ?? one.article
}

function positive(name: string, text: string): number {
  if (Number(text) > 0) return Number(text)
  throw new Error(`--${name} is a number such as 0.5, not "${text}"`)
}

function whole(name: string, text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 0) return number
  throw new Error(`--${name} is a whole number such as 7, not "${text}"`)
}

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Figure } from './figure.ts'
import { median, ratioOf, shown } from './statistics.ts'
import type { Work } from './transform-works.ts'

const rounds = 100
const warmUp = 20

/** CPU of verify, parse, validate and map, beside `JSON.parse` of the same bytes and beside what one would write first. */
export async function transformCpu(): Promise<readonly Figure[]> {
  const times: Record<Work, number[]> = {
    'JSON.parse': [],
    'JSON.parse of long ids': [],
    ours: [],
    'ours of long ids': [],
    'Powertools parser': [],
    'full zod': [],
  }
  // Every name of a full record.
  const names = Object.keys(times) as Work[]
  const children = names.map((name) => ({ name, child: fork(works) }))
  for (let round = 0; round < warmUp + rounds; round++) {
    for (const { name, child } of children) {
      const ms = await ask(child, name)
      if (round >= warmUp) times[name].push(ms)
    }
  }
  for (const { child } of children) child.kill()

  const figure = (these: Work, those: Work, goal: string): Figure => ({
    name: `${these} ÷ ${those}`,
    value: shown(ratioOf({ these: times[these], those: times[those] })),
    goal,
    how: `CPU, medians of ${rounds} interleaved rounds and 95 % bootstrap interval; ${median(times[these]).toFixed(3)} and ${median(times[those]).toFixed(3)} ms each`,
  })
  return [
    figure('ours', 'JSON.parse', 'watched'),
    figure('ours of long ids', 'JSON.parse of long ids', 'watched'),
    figure('Powertools parser', 'JSON.parse', 'for comparison'),
    figure('full zod', 'JSON.parse', 'for comparison'),
    figure('ours', 'Powertools parser', 'watched'),
    figure('ours', 'full zod', 'watched'),
  ]
}

const works = join(import.meta.dirname, 'transform-works.ts')

/** Milliseconds of CPU that one order takes. */
async function ask(child: ChildProcess, name: Work): Promise<number> {
  child.send(name)
  const [ms] = await once(child, 'message')
  return Number(ms)
}

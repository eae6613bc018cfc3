import { odds } from './odds.ts'
import type { Run, RunOptions } from './run.ts'
import { type Simulated, simulate } from './simulate-one.ts'
import type { Breach } from './witness.ts'

/** How much may be spent on it, whichever is used up first. */
interface Limits {
  /** Invocations that are simulated, which is the same on every machine. */
  readonly work: number
  /** Of the clock on the wall. */
  readonly seconds: number
}

/** The least of a story that still breaks the same promise. */
export interface Shrunken extends Simulated {
  readonly options: RunOptions
  readonly tries: number
  /** The limit that ended it: a smaller story may be there. */
  readonly limit?: keyof Limits | undefined
}

export interface Shrinking {
  readonly breach: Breach
  readonly limits: Limits
  /** @default simulate */
  readonly live?: typeof simulate
}

/** Leaves out orders, then kinds of faults, then single faults, as long as the promise still breaks and nothing is used up. */
export async function shrink(
  options: RunOptions,
  first: Simulated,
  { breach, limits, live = simulate }: Shrinking,
): Promise<Shrunken> {
  const until = performance.now() + limits.seconds * 1000
  let least: Shrunken = { ...first, options, tries: 0 }
  let tries = 0
  let worked = 0
  const limit = (work = worked): keyof Limits | undefined =>
    work >= limits.work ? 'work' : performance.now() >= until ? 'seconds' : undefined
  const isSame = ({ promise }: Breach): boolean => promise === breach.promise
  const ends = ({ witness, cloud }: Run): boolean =>
    witness.breaches.some(isSame) || limit(worked + cloud.lambdas.invocations) !== undefined
  const attempt: Attempt = async (smaller) => {
    if (limit()) return
    tries += 1
    const simulated = await live({ ...smaller, ends })
    worked += simulated.run.cloud.lambdas.invocations
    if (simulated.breaches.some(isSame)) least = { ...simulated, options: smaller, tries }
  }
  const own = first.run.plans.filter(({ order }) => order === breach.order)
  await orders(
    () => least,
    attempt,
    own.map(({ index }) => index),
  )
  for (const kind of [...outages(least), ...kinds(least)]) {
    const without = new Set([...(least.options.mask?.without ?? []), kind])
    await attempt({ ...least.options, mask: { ...least.options.mask, without } })
  }
  await faults(() => least, attempt)
  return { ...least, tries, limit: limit() }
}

/** Keeps the smaller one if it still breaks the promise. */
type Attempt = (smaller: RunOptions) => Promise<void>

const orders = (least: () => Shrunken, attempt: Attempt, own: readonly number[]): Promise<void> =>
  inParts(
    () => least().run.plans.flatMap(({ index }) => (own.includes(index) ? [] : index)),
    (kept) => attempt({ ...least().options, only: new Set([...own, ...kept]) }),
  )

const outages = ({ run }: Simulated): readonly string[] => [
  ...run.vendors
    .filter((vendor) => vendor.outages.length > 0)
    .map(({ connection }) => `outage of ${connection.id}`),
  ...[...run.deaf].filter(([, spans]) => spans.length > 0).map(([id]) => `deafness of ${id}`),
]

const kinds = ({ run }: Simulated): readonly string[] =>
  Object.keys(odds).filter((kind) =>
    [...run.faults.happened].some((fault) => fault.startsWith(`${kind} at `)),
  )

const faults = (least: () => Shrunken, attempt: Attempt): Promise<void> =>
  inParts(
    () => [...least().run.faults.happened],
    (kept) => {
      const { options } = least()
      return attempt({ ...options, mask: { ...options.mask, only: new Set(kept) } })
    },
  )

/** Leaves out everything, then halves, quarters and so on, at last one by one. */
async function inParts<T>(
  all: () => readonly T[],
  keep: (kept: readonly T[]) => Promise<void>,
): Promise<void> {
  for (let size = all().length; size >= 1; size = half(Math.min(size, all().length))) {
    for (let from = 0; from < all().length; ) {
      const before = all()
      await keep([...before.slice(0, from), ...before.slice(from + size)])
      if (all().length === before.length) from += size
    }
  }
}

const half = (size: number): number => Math.floor(size / 2)

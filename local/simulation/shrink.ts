import { odds } from './odds.ts'
import type { RunOptions } from './run.ts'
import { type Simulated, simulate } from './simulate-one.ts'
import type { Breach } from './witness.ts'

/** The least of a story that still breaks the same promise. */
export interface Shrunken extends Simulated {
  readonly options: RunOptions
  readonly tries: number
}

const mostTries = 80

/** Leaves out orders, then kinds of faults, then single faults, as long as the promise still breaks. */
export async function shrink(
  options: RunOptions,
  first: Simulated,
  breach: Breach,
): Promise<Shrunken> {
  let least: Shrunken = { ...first, options, tries: 0 }
  let tries = 0
  const attempt = async (smaller: RunOptions): Promise<boolean> => {
    if (tries >= mostTries) return false
    tries += 1
    const simulated = await simulate(smaller)
    const isSame = simulated.breaches.some(({ promise }) => promise === breach.promise)
    if (isSame) least = { ...simulated, options: smaller, tries }
    return isSame
  }
  const own = first.run.plans.find(({ order }) => order === breach.order)
  if (own) await attempt({ ...options, only: new Set([own.index]) })

  for (const kind of [...outages(least), ...kinds(least)]) {
    const without = new Set([...(least.options.mask?.without ?? []), kind])
    await attempt({ ...least.options, mask: { ...least.options.mask, without } })
  }
  await singles(() => least, attempt)
  return { ...least, tries }
}

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

/** Halves first, then one by one. */
async function singles(
  least: () => Shrunken,
  attempt: (smaller: RunOptions) => Promise<boolean>,
): Promise<void> {
  const withOnly = (faults: readonly string[]): RunOptions => {
    const { options } = least()
    return { ...options, mask: { ...options.mask, only: new Set(faults) } }
  }
  const all = () => [...least().run.faults.happened]
  for (let parts = 2; parts <= all().length && parts <= 64; parts *= 2) {
    for (let part = 0; part < parts; part++) {
      const faults = all()
      const size = Math.ceil(faults.length / parts)
      await attempt(withOnly(faults.filter((_, at) => Math.floor(at / size) !== part)))
    }
  }
}

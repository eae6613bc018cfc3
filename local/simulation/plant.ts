import { brokenLaw } from './law.ts'
import { type PlantedBug, plantedBugs } from './planted-bugs.ts'
import { plantedStockBugs } from './planted-stock-bugs.ts'
import type { Deployed } from './run.ts'
import { simulate } from './simulate-one.ts'
import type { Breach } from './witness.ts'

/** How a planted bug ended. */
export interface Verdict {
  readonly bug: PlantedBug
  /** The seed that showed it, and how; absent when it lives. */
  readonly seed?: number
  readonly breach?: Breach
  /** The test that fails with it, of the suite that its entry names. */
  readonly test?: string | undefined
}

/** Close together, so that little time goes by without anything. */
const size = { orders: 8, days: 0.1 }

/** Seeds with much going on, tried first. */
const telling = [17, 7, 30, 14]
const numbered = (seeds: number) => Array.from({ length: seeds }, (_, at) => 100 + at)

/** Plants each bug into a copy of the sources and looks for a seed that shows it. */
export async function* plantAll(
  deployed: Deployed,
  { seeds, only }: { readonly seeds: number; readonly only: string | undefined },
): AsyncIterable<Verdict> {
  for (const bug of [...plantedBugs, ...plantedStockBugs]) {
    if (only !== undefined && bug.name !== only) continue
    yield bug.law === undefined
      ? await plant(bug, { ...deployed, seeds })
      : { bug, test: await brokenLaw(bug.law, bug.patch) }
  }
}

async function plant(
  bug: PlantedBug,
  { seeds, ...deployed }: Deployed & { readonly seeds: number },
): Promise<Verdict> {
  for (const seed of [...telling, ...numbered(seeds)]) {
    const planted = { ...deployed, ...size, seed, patches: [bug.patch], hasty: true }
    const { breaches } = await simulate(planted)
    const [breach] = breaches
    if (breach) return { bug, seed, breach }
  }
  return { bug }
}

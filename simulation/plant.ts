import { brokenLaw } from './law.ts'
import { type PlantedBug, plantedBugs } from './planted-bugs.ts'
import { plantedStockBugs } from './planted-stock-bugs.ts'
import type { Deployed, Run } from './run.ts'
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

interface Search {
  /** Seeds to look in after the one that showed it before. */
  readonly seeds: number
  /** The only bug to plant. @default every one */
  readonly only?: string | undefined
  /** So many of them, others on other days. @default every one */
  readonly some?: number | undefined
}

const all: readonly PlantedBug[] = [...plantedBugs, ...plantedStockBugs]

/** Plants each bug into a copy of the sources and looks for a seed that shows it, and that shows nothing without it. */
export async function* plantAll(deployed: Deployed, search: Search): AsyncIterable<Verdict> {
  const isClean = cleanIn(deployed)
  for (const bug of chosen(search)) {
    yield bug.law === undefined
      ? await plant(bug, { ...deployed, seeds: search.seeds, isClean })
      : { bug, test: await brokenLaw(bug.law, bug.patch) }
  }
}

function chosen({ only, some = all.length }: Search): readonly PlantedBug[] {
  if (only !== undefined) return all.filter(({ name }) => name === only)
  const from = Math.floor(Date.now() / 86_400_000) * some
  return Array.from({ length: some }, (_, at) => (from + at) % all.length).flatMap(
    (at) => all[at] ?? [],
  )
}

interface Planting extends Deployed, Pick<Search, 'seeds'> {
  readonly isClean: (seed: number) => Promise<boolean>
}

/** Seeds in which much meets, tried after the one that showed it before. */
const telling = [17, 100, 44, 16]

const isBroken = ({ witness }: Run): boolean => witness.breaches.length > 0

async function plant(bug: PlantedBug, { seeds, isClean, ...deployed }: Planting): Promise<Verdict> {
  const patches = [bug.patch, ...(bug.besides ? [bug.besides] : [])]
  const numbered = Array.from({ length: seeds }, (_, at) => 101 + at)
  const known = bug.seed === undefined ? [] : [bug.seed]
  for (const seed of new Set([...known, ...telling, ...numbered])) {
    const { breaches } = await simulate({ ...deployed, ...size, seed, patches, ends: isBroken })
    const [breach] = breaches
    if (breach && (await isClean(seed))) return { bug, seed, breach }
  }
  return { bug }
}

/** Whether the product as it is keeps every promise in a seed; several bugs show in one. */
function cleanIn(deployed: Deployed): Planting['isClean'] {
  const known = new Map<number, boolean>()
  return async (seed) => {
    const clean = known.get(seed)
    if (clean !== undefined) return clean
    const { breaches } = await simulate({ ...deployed, ...size, seed })
    known.set(seed, breaches.length === 0)
    return breaches.length === 0
  }
}

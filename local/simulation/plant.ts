import { type PlantedBug, plantedBugs } from './planted-bugs.ts'
import type { Deployed } from './run.ts'
import { simulate } from './simulate-one.ts'
import type { Breach } from './witness.ts'

/** How a planted bug ended. */
export interface Verdict {
  readonly bug: PlantedBug
  /** Seeds that were tried. */
  readonly seeds: number
  /** What showed it; absent when it lives. */
  readonly breach?: Breach
}

const size = { orders: 8, days: 1 }

/** Plants each bug into a copy of the sources and looks for a seed that shows it. */
export async function* plantAll(
  deployed: Deployed,
  { seeds, only }: { readonly seeds: number; readonly only: string | undefined },
): AsyncIterable<Verdict> {
  for (const bug of plantedBugs) {
    if (only !== undefined && bug.name !== only) continue
    yield await plant(bug, { ...deployed, seeds })
  }
}

async function plant(
  bug: PlantedBug,
  { seeds, ...deployed }: Deployed & { readonly seeds: number },
): Promise<Verdict> {
  for (let seed = 1; seed <= seeds; seed++) {
    const { breaches } = await simulate({ ...deployed, ...size, seed, patches: [bug.patch] })
    const [breach] = breaches
    if (breach) return { bug, seeds: seed, breach }
  }
  return { bug, seeds }
}

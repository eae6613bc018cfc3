import { Fault } from '../../domain/fault.ts'
import { type CompareCountsDeps, compareCounts } from '../../domain/stock/compare-counts.ts'
import type { Tally } from '../../schemas/stored/count-run.ts'

export interface CompareStockDeps extends CompareCountsDeps {
  /** Called once, when everything was read. */
  measure(location: string, tally: Tally): void
  log(message: string, fields: { readonly did: string; readonly reason?: string }): void
}

/** Compares a system's counts of a location with the known stock; throws if the system's answer is implausible. */
export async function compareStock(deps: CompareStockDeps): Promise<void> {
  const { name } = deps.location
  const { tally, finished, reason, doubted } = await compareCounts(deps)
  if (finished) deps.measure(name, tally)
  const { articles, changed, inFlight, missed, foreign, raised, refused } = tally
  const did = `${name}: ${articles} articles, ${changed} changed; units in flight ${inFlight}, missed ${missed}, foreign ${foreign}; ${raised} articles raised to a person; ${refused} rows rejected`
  deps.log('compared counts', { did, ...(reason !== undefined && { reason }) })
  if (doubted) throw new Fault(`${name}: ${reason}`)
}

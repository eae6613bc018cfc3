import type { Tally } from '../../schemas/stored/count-run.ts'
import { count } from './metrics.ts'

/** Differing units by explanation; unexplained ones have their own metric for the alarm. */
export const measureDrift =
  (namespace: string) =>
  (location: string, { inFlight, missed, foreign, raised }: Tally): void => {
    const kinds = { 'in-flight': inFlight, missed, foreign }
    for (const [kind, value] of Object.entries(kinds)) {
      const dimensions = { Location: location, Kind: kind }
      count({ name: 'StockDrifted', dimensions, value }, namespace)
    }
    const dimensions = { Location: location }
    count({ name: 'StockUnexplained', dimensions, value: missed + foreign }, namespace)
    count({ name: 'StockRaised', dimensions, value: raised }, namespace)
  }

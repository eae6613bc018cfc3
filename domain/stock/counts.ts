import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Account } from '../account.ts'
import type { Failure } from '../failure.ts'
import type { Result } from '../result.ts'

/** How a system is queried for the stock of a location. */
export interface Counts {
  /** What is wrong with a location's code in the settings, and the correction; absent if any code will do. */
  problem?(code: string): string | undefined
  /** All stock of the location, page by page, in a stable order. */
  read: ReadCounts
}

export type ReadCounts = (
  account: Account,
  place: CountedPlace,
) => Promise<Result<CountPage, Failure>>

interface CountedPlace {
  /** The system's code for it. */
  readonly code: string
  /** From the previous page. */
  readonly cursor?: string | undefined
}

export interface CountPage {
  readonly counts: readonly CountedArticle[]
  /** Rows that could not be read: a text, never a payload. */
  readonly refused: readonly string[]
  /** When the page was requested; it includes all earlier movements. */
  readonly at: Instant
  /** Absent on the last page. */
  readonly cursor?: string
}

export interface CountedArticle {
  readonly sku: string
  /** All units at the location, including those that cannot be sold. */
  readonly onHand: number
  /** Absent if the system does not say. */
  readonly quarantined?: number
  /** Absent if the system does not say when. */
  readonly incoming?: readonly { readonly units: number; readonly expectedAt: Instant }[]
}

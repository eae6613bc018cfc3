import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Account } from '../account.ts'
import type { Failure } from '../failure.ts'
import type { Result } from '../result.ts'

/** How a system is asked what it has at one of its places. */
export interface Counts {
  /** What is wrong with a place's code in the settings, and what to write instead; absent when any will do. */
  problem?(code: string): string | undefined
  /** Everything that lies there, page by page, in an order that stays the same while it is read. */
  read: ReadCounts
}

export type ReadCounts = (
  account: Account,
  place: CountedPlace,
) => Promise<Result<CountPage, Failure>>

interface CountedPlace {
  /** What the system calls it. */
  readonly code: string
  /** As the page before gave it. */
  readonly cursor?: string | undefined
}

export interface CountPage {
  readonly counts: readonly CountedArticle[]
  /** Of what could not be read: said in words, never a payload. */
  readonly refused: readonly string[]
  /** When the page was asked for: what moved before is in it. */
  readonly at: Instant
  /** Absent on the last page. */
  readonly cursor?: string
}

export interface CountedArticle {
  readonly sku: string
  /** Everything that lies there, what cannot be sold included. */
  readonly onHand: number
  /** Absent when the system does not say. */
  readonly quarantined?: number
  /** Absent when the system does not say when. */
  readonly incoming?: readonly { readonly units: number; readonly expectedAt: Instant }[]
}

import type { Currency, Minor } from '../../schemas/canonical/money.ts'
import type { Account } from '../account.ts'
import type { Failure } from '../failure.ts'
import type { Result } from '../result.ts'

/**
 * What a number means to a channel. `sellable`: what it may sell; its own sales lower it at once. `physical`: what is
 * there; its own open orders count against it. Telling the one where the other is meant subtracts open orders twice.
 */
export type Semantics = 'sellable' | 'physical'

/** How a channel is told what it may sell, and asked what it shows. */
export interface Selling {
  readonly semantics: Semantics
  /** Changes that one request takes. */
  readonly batch: number
  /** Seconds between two requests, where the channel sets a pace. @default as fast as it answers */
  readonly everySeconds?: number
  /** What a connection's settings lack for it; absent when nothing does. */
  problem?(settings: unknown): { readonly field: string; readonly what: string } | undefined
  /** Tells some numbers. Those that it does not take do not keep the others from being taken. */
  write(account: Account, changes: readonly Change[]): Promise<Result<Written, Failure>>
  /** What came of numbers that were only taken; `undefined` while nobody knows. Required where `write` gives tickets. */
  readFeed?(account: Account, ticket: string): Promise<Result<FeedResult | undefined, Failure>>
  /** Everything that the channel shows, page by page. */
  read(account: Account, cursor?: string): Promise<Result<ShownPage, Failure>>
  /** Listings that a page has at most. */
  readonly page: number
  /** Asks for a few by name. @default everything is read */
  readonly find?: Find
}

/** How a channel is asked for listings by their SKUs. */
export interface Find {
  /** SKUs that one question is about. */
  readonly batch: number
  /** Seconds after which a new listing is surely found, where the channel searches an index. @default at once */
  readonly lagSeconds?: number
  /** Those of some SKUs that it shows. `except`: these cannot be asked for by name; everything has to be read. */
  ask(account: Account, skus: readonly string[]): Promise<Result<readonly Shown[], Failure>>
}

/** A number that a channel is to show. */
export interface Change {
  readonly sku: string
  /** What the channel calls it, as `read` told. */
  readonly remote: Readonly<Record<string, string>>
  readonly units: number
  /** What it should show now; where it shows something else, it has sold or somebody has changed it. */
  readonly from?: number
  /** The same for every attempt at the same number. */
  readonly key: string
}

export type Written =
  | { readonly outcomes: readonly Outcome[] }
  /** Taken to be looked at later: `settle` tells what came of it, not before so many seconds. */
  | { readonly ticket: string; readonly seconds: number }

/** What came of one change; a SKU that is not named was not tried. */
export type Outcome =
  | { readonly sku: string; readonly is: 'done' }
  /** Another try would be refused, too; the reason is shown to people. */
  | { readonly sku: string; readonly is: 'refused'; readonly reason: string }
  /** It did not show what it should, and was left alone. */
  | { readonly sku: string; readonly is: 'moved'; readonly shows: number }

/** Those that were refused; all others were done, unless all of them were lost and have to be told again. */
export interface FeedResult {
  readonly refused: readonly { readonly sku: string; readonly reason: string }[]
  readonly isLost?: boolean
}

export interface ShownPage {
  readonly listings: readonly Shown[]
  /** Absent on the last page. */
  readonly cursor?: string
}

/** Something that a channel sells, and how many of it it says that there are. */
export interface Shown {
  readonly sku: string
  readonly remote: Readonly<Record<string, string>>
  readonly units: number
  readonly price?: { readonly minor: Minor; readonly currency: Currency }
}

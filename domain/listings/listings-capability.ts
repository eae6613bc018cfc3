import type { Currency, Minor } from '../../schemas/canonical/money.ts'
import type { Account } from '../account.ts'
import type { Failure } from '../failure.ts'
import type { Result } from '../result.ts'

/** It shows listings: it is told the values of their attributes, and asked what it shows. */
export interface ListingsCapability {
  readonly attributes: Publications
  /** What a connection's settings lack for it; absent when nothing does. */
  problem?(settings: unknown): { readonly field: string; readonly what: string } | undefined
  /** Everything that the channel shows, page by page. */
  read(account: Account, cursor?: string): Promise<Result<ShownPage, Failure>>
  /** Listings that a page has at most. */
  readonly page: number
  /** Asks for a few by name. @default everything is read */
  readonly find?: Find
}

/** What the channel takes of each attribute that it is told. */
type Publications = { readonly quantity: Publication<number> & QuantityMeaning }

interface QuantityMeaning {
  /**
   * What a number means to the channel. `sellable`: what it may sell; its own sales lower it at once. `physical`: what is
   * there; its own open orders count against it. Telling the one where the other is meant subtracts open orders twice.
   */
  readonly semantics: Semantics
}
export type Semantics = 'sellable' | 'physical'

/** How a channel takes values of one attribute; they are absolute, not differences. */
export interface Publication<V = unknown> {
  /** What becomes of the attributes that a request does not name. Where they are reset, a change says what they are to stay. */
  readonly unsent: 'kept' | 'reset'
  /** Changes that one request takes. */
  readonly batch: number
  /** Seconds between two requests, where the channel sets a pace. @default as fast as it answers */
  readonly everySeconds?: number
  /** Tells some values. Those that it does not take do not keep the others from being taken. */
  write(account: Account, changes: readonly Change<V>[]): Promise<Result<Written<V>, Failure>>
  /** What came of values that were only taken; `undefined` while nobody knows. Required where `write` gives feeds. */
  readFeed?(account: Account, feed: string): Promise<Result<FeedResult | undefined, Failure>>
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

/** A value that a channel is to show. */
export interface Change<V = unknown> {
  readonly sku: string
  /** What the channel calls it, as `read` told. */
  readonly remote: Readonly<Record<string, string>>
  readonly value: V
  /** What it should show now; where it shows something else, it has sold or somebody has changed it. */
  readonly from?: V
  /** The same for every attempt at the same value. */
  readonly key: string
  /** Where unsent attributes are reset: what it shows of the others. */
  readonly beside?: Readonly<Record<string, unknown>>
}

export type Written<V = unknown> =
  | { readonly outcomes: readonly Outcome<V>[] }
  /** Taken to be looked at later: `readFeed` tells what came of it, not before so many seconds. */
  | { readonly feed: string; readonly seconds: number }

/** What came of one change; a SKU that is not named was not tried. */
export type Outcome<V = unknown> =
  | { readonly sku: string; readonly is: 'done' }
  /** Another try would be refused, too; the reason is shown to people. */
  | { readonly sku: string; readonly is: 'refused'; readonly reason: string }
  /** It did not show what it should, and was left alone. */
  | { readonly sku: string; readonly is: 'moved'; readonly shows: V }

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

/** Something that a channel sells, and what it shows of its attributes. */
export interface Shown {
  readonly sku: string
  readonly remote: Readonly<Record<string, string>>
  readonly values: { readonly quantity: number }
  readonly price?: { readonly minor: Minor; readonly currency: Currency }
}

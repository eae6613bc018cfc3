import type { ConnectionId, OrderId } from '../schemas/canonical/identity.ts'
import type { Instant } from '../schemas/canonical/instant.ts'
import type { Order } from '../schemas/canonical/order.ts'
import type { OrderEvent } from '../schemas/events/order-event.ts'
import type { CircuitBreaker } from '../schemas/stored/circuit-breaker.ts'
import type { CrossReference, Naming, Thing } from '../schemas/stored/cross-reference.ts'
import type { Listing, ListingId, TermsChange } from '../schemas/stored/listing.ts'
import type { Lookup, LookupId } from '../schemas/stored/lookup.ts'
import type { OrderState } from '../schemas/stored/order-state.ts'
import type { Article, Place, StockRow } from '../schemas/stored/stock.ts'
import type { Purpose } from './privacy/purpose.ts'
import type { StockWrite } from './stock/row.ts'

/** One step of one order, written as a whole or not at all. */
export interface Commit {
  readonly before: OrderState
  readonly after: OrderState
  readonly events: readonly OrderEvent[]
  readonly at: Instant
  /** The document to store, if the events adopt one. */
  readonly order?: Order
  /** Until when its personal data is kept, if this step changes that. */
  readonly peopleUntil?: Instant
  /** The stock changes of this step. */
  readonly stock?: StockChanges
  readonly traceparent?: string
}

/** The stock changes of one step of an order: in the same transaction, or not at all. */
export interface StockChanges {
  /** At most one per place. */
  readonly writes: readonly StockWrite[]
  /** New waits. */
  readonly waits: readonly StockWait[]
  /** Waits that end. */
  readonly ended: readonly StockWait[]
}

/** An order that needs more of an article than was available. */
export interface StockWait extends Article {
  readonly orderId: OrderId
  /** The longest wait is served first. */
  readonly since: Instant
}

/** Stock as orders read it; they change it by committing. */
export interface Stock {
  /**
   * All places of some articles: those in the settings first, then shards that the settings no longer name, then
   * `held`.
   */
  rows(articles: readonly Article[], held?: readonly Place[]): Promise<readonly StockRow[]>
}

/** Stock as counts and movements change it. */
export interface StockBook extends Stock {
  /**
   * Writes rows as decided, all or none. `known`: a step with this id was already written. `other`: the id was used
   * for other content. `moved`: another writer was first; read and decide again.
   */
  save(step: StockStep): Promise<'done' | 'known' | 'other' | 'moved'>
}

export interface StockStep {
  /** Makes a movement happen once, by its source's id; remembered for 35 days. */
  readonly id?: string
  /** What the id stands for. @default not compared */
  readonly content?: string
  /** `before.rev` 0: a new row. An empty list stores only the id. */
  readonly rows: readonly { readonly before: StockRow; readonly after: StockRow }[]
}

/** Listings and what they are offered. */
export interface Listings {
  /** Those of some ids that exist, current (`now`) or cached (`lately`); up to 500 in one batch. */
  find(ids: readonly ListingId[], as: 'lately' | 'now'): Promise<readonly Listing[]>
  /** Writes a listing as decided, and the articles in it; false if another writer was first. */
  save(before: Listing | undefined, after: Listing): Promise<boolean>
  /** A channel's listings that are due, longest first: all, or only those that ran out. */
  due(
    connection: ConnectionId,
    until: { readonly now: Instant; readonly only?: 'zero' },
  ): Promise<readonly ListingId[]>
}

/**
 * Pending look-ups of listings between scheduled comparisons. Answers are remembered, so that nothing is looked up
 * twice.
 */
export interface Lookups {
  /** Requests look-ups, except those requested since `unlessSince`. @param unlessSince default: ever */
  request(
    ids: readonly ListingId[],
    when: { readonly at: Instant; readonly unlessSince?: Instant },
  ): Promise<void>
  find(ids: readonly LookupId[]): Promise<readonly Lookup[]>
  /** A channel's due look-ups, longest first, at most a thousand. */
  due(connection: ConnectionId, now: Instant): Promise<readonly Lookup[]>
  /** Writes a decision; false if the look-up was requested again meanwhile. */
  save(before: Lookup | undefined, after: Lookup): Promise<boolean>
}

/** Terms of single listings, and who set them. */
export interface ListingTermsBook {
  /** Writes both together; false if another writer changed the listing first. */
  change(before: Listing, change: TermsChange): Promise<boolean>
  /** The changes of a listing's terms, newest first; the last hundred. */
  changes(id: ListingId): Promise<readonly TermsChange[]>
}

/** Everything about articles that decides what channels are offered, read now. */
export interface Shelves {
  shelves(articles: readonly Article[]): Promise<readonly Shelf[]>
}

export interface Shelf extends Article {
  readonly rows: readonly StockRow[]
  /** Orders that wait for more of it, longest first. */
  readonly waits: readonly StockWait[]
  /** The listings that contain it. */
  readonly sold: readonly Sold[]
}

/** A listing that contains an article. */
export interface Sold extends ListingId {
  /** Units of the article in one unit sold. */
  readonly per: number
  /** Units exclusive to this listing's channel, if the listing has its own allocation. */
  readonly exclusive?: number
}

export interface Ledger {
  /** The current state, strongly consistent. */
  load(id: OrderId): Promise<OrderState | undefined>
  /** False if another writer changed the order first: load and decide again. */
  commit(commit: Commit): Promise<boolean>
  /**
   * State and document including personal data, in one read that is logged with its purpose. Each is current, but they
   * may be from two instants.
   */
  open(id: OrderId, purpose: Purpose): Promise<Opened>
}

export interface Opened {
  readonly state: OrderState | undefined
  /** Absent if no document was adopted yet. */
  readonly order: Order | undefined
  /** The personal data was erased or has expired: `people` is empty. @default false */
  readonly gone?: boolean
}

/** Finds orders by when they are due. */
export interface Deadlines {
  due(now: Instant): Promise<readonly OrderId[]>
}

/** Reads cross-references. */
export interface CrossReferences {
  /** Those of some things that exist: at most half a minute old (`lately`), or strongly consistent (`now`). */
  find(things: readonly Thing[], as: 'lately' | 'now'): Promise<readonly CrossReference[]>
  /** Records effects that wait for names, so that an import can wake them. */
  wait(waiting: readonly Waiting[]): Promise<void>
}

/** Cross-references as imports change them; one import at a time. */
export interface CrossReferenceStore extends CrossReferences {
  /** Adds the entries of a file; resolves with the things that changed. */
  add(entries: readonly Addition[]): Promise<readonly Thing[]>
  /** All effects that wait for a name at a connection, read now. */
  waiting(connection: ConnectionId): Promise<readonly Waiting[]>
  /** Ends these waits. */
  release(waiting: readonly Waiting[]): Promise<void>
  /** All cross-references, in no order. */
  all(): AsyncIterable<CrossReference>
}

/** An effect that waits for a name. */
export interface Waiting extends Thing {
  readonly orderId: OrderId
  readonly intentId: string
}

/** New names of one thing. */
export interface Addition extends Thing {
  readonly told: readonly {
    readonly naming: Naming
    /** The file stated no time: valid from now, and ignored if the name is already valid. */
    readonly now?: boolean
  }[]
}

/** The circuit breaker of each connection; `closedBreaker` if none was written. */
export interface CircuitBreakers {
  /** At most a few seconds old, at almost no cost. */
  glance(connection: ConnectionId): Promise<CircuitBreaker>
  /** Strongly consistent. */
  load(connection: ConnectionId): Promise<CircuitBreaker>
  /** Writes a decision on a loaded breaker; false if another writer was first. */
  save(connection: ConnectionId, before: CircuitBreaker, after: CircuitBreaker): Promise<boolean>
}

/** Files exchanged with people. */
export interface Files {
  /** A file's bytes in chunks; throws if it cannot be read. */
  read(key: string): Promise<AsyncIterable<Uint8Array>>
  /** Writes a file or a new version of it. */
  write(key: string, file: { readonly text: string; readonly type: string }): Promise<void>
}

/** Sends a message to its own queue again with a delay. `group` keeps the queue fair between connections. */
export type Requeue = (body: string, seconds: number, group?: ConnectionId) => Promise<void>

export type Clock = () => Date

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
  /** The snapshot to keep, when the events adopt one. */
  readonly order?: Order
  /** Until when its personal data is kept, when this step changes that. */
  readonly peopleUntil?: Instant
  /** What changes in stock with it. */
  readonly stock?: StockChanges
  readonly traceparent?: string
}

/** What one step of an order does to stock: in the same transaction, or not at all. */
export interface StockChanges {
  /** At most one per place. */
  readonly writes: readonly StockWrite[]
  /** It waits for these from now on. */
  readonly waits: readonly StockWait[]
  /** It waits for these no longer. */
  readonly ended: readonly StockWait[]
}

/** An order that wants more of an article than there was. */
export interface StockWait extends Article {
  readonly orderId: OrderId
  /** Since when: who waited longest is served first. */
  readonly since: Instant
}

/** Stock as orders see it; they change it by committing. */
export interface Stock {
  /**
   * Every place of some articles: those of the settings first, then shares that the settings no longer name, and `held` wherever
   * they are.
   */
  rows(articles: readonly Article[], held?: readonly Place[]): Promise<readonly StockRow[]>
}

/** Stock as those see it who count and move it. */
export interface StockBook extends Stock {
  /**
   * Writes rows as they were decided, all or none. `known`: a step of this id was written before. `other`: the id was
   * written before for another content. `moved`: somebody else was first; read again and decide anew.
   */
  save(step: StockStep): Promise<'done' | 'known' | 'other' | 'moved'>
}

export interface StockStep {
  /** What makes a movement happen once, as its source names it; remembered for 35 days. */
  readonly id?: string
  /** What the id stands for, in words. @default whatever it was written for */
  readonly content?: string
  /** `rev` 0 before: there was no such row. None: only the id is kept. */
  readonly rows: readonly { readonly before: StockRow; readonly after: StockRow }[]
}

/** What channels are offered. */
export interface Listings {
  /** Those of some that there are, as they are now or were a moment ago; up to 500 at once are one question. */
  find(ids: readonly ListingId[], as: 'lately' | 'now'): Promise<readonly Listing[]>
  /** Writes a listing as it was decided, and which articles are in it; false when somebody else was first. */
  save(before: Listing | undefined, after: Listing): Promise<boolean>
  /** Those of a channel that need attention by now, the longest first: all, or those that ran out. */
  due(
    connection: ConnectionId,
    until: { readonly now: Instant; readonly only?: 'zero' },
  ): Promise<readonly ListingId[]>
}

/** What channels are asked for before the next comparison by schedule. An answer is remembered, so that nothing is asked for twice. */
export interface Lookups {
  /** Requests listings, but not those that were requested since a moment. @param unlessSince default: ever */
  request(
    ids: readonly ListingId[],
    when: { readonly at: Instant; readonly unlessSince?: Instant },
  ): Promise<void>
  find(ids: readonly LookupId[]): Promise<readonly Lookup[]>
  /** What a channel is to be asked for by now, the longest due first; up to a thousand. */
  due(connection: ConnectionId, now: Instant): Promise<readonly Lookup[]>
  /** Writes what was decided; false when it was requested anew meanwhile. */
  save(before: Lookup | undefined, after: Lookup): Promise<boolean>
}

/** What listings have instead of their channels' terms, and who said so. */
export interface ListingTermsBook {
  /** Writes both together; false when somebody else changed the listing first. */
  change(before: Listing, change: TermsChange): Promise<boolean>
  /** What was said of a listing, the newest first; the last hundred. */
  changes(id: ListingId): Promise<readonly TermsChange[]>
}

/** Everything about articles that decides what channels are offered, as it is now. */
export interface Shelves {
  shelves(articles: readonly Article[]): Promise<readonly Shelf[]>
}

export interface Shelf extends Article {
  readonly rows: readonly StockRow[]
  /** Who waits for more of it, the longest first. */
  readonly waits: readonly StockWait[]
  /** The listings that it is part of. */
  readonly sold: readonly Sold[]
}

/** A listing that an article is part of. */
export interface Sold extends ListingId {
  /** Units of the article in one unit sold. */
  readonly per: number
  /** Units of the listing that no other channel is shown, where the listing itself says so. */
  readonly exclusive?: number
}

export interface Ledger {
  /** The state as of now, strongly consistent. */
  load(id: OrderId): Promise<OrderState | undefined>
  /** False when somebody else moved the order first: load again and decide anew. */
  commit(commit: Commit): Promise<boolean>
  /**
   * State and adopted snapshot, personal data included, in one read that is written down with its purpose. Each is of now,
   * but they may be of two moments.
   */
  open(id: OrderId, purpose: Purpose): Promise<Opened>
}

export interface Opened {
  readonly state: OrderState | undefined
  /** Absent when no snapshot was adopted yet. */
  readonly order: Order | undefined
  /** Its personal data was erased or has expired: `people` is empty. @default false */
  readonly gone?: boolean
}

/** Finds orders by the moment they need attention. */
export interface Deadlines {
  due(now: Instant): Promise<readonly OrderId[]>
}

/** What connections call things, for whoever needs names. */
export interface CrossReferences {
  /** Those of some things that have any: as they were half a minute ago at most, or surely as they are now. */
  find(things: readonly Thing[], as: 'lately' | 'now'): Promise<readonly CrossReference[]>
  /** Remembers who waits for names, so that whoever brings them can tell. */
  wait(waiting: readonly Waiting[]): Promise<void>
}

/** The same for whoever brings names; one at a time. */
export interface CrossReferenceStore extends CrossReferences {
  /** Adds what files tell, each thing once; resolves with the things that changed. */
  add(entries: readonly Addition[]): Promise<readonly Thing[]>
  /** Everybody who waits for a name at a connection, as of now. */
  waiting(connection: ConnectionId): Promise<readonly Waiting[]>
  /** They wait no longer. */
  release(waiting: readonly Waiting[]): Promise<void>
  /** Everything, in no order. */
  all(): AsyncIterable<CrossReference>
}

/** An effect that waits for a name. */
export interface Waiting extends Thing {
  readonly orderId: OrderId
  readonly intentId: string
}

/** What is said of one thing at once. */
export interface Addition extends Thing {
  readonly told: readonly {
    readonly naming: Naming
    /** The file named no moment: it holds from now on, and says nothing where that is so already. */
    readonly now?: boolean
  }[]
}

/** The breaker before each connection; `openCircuitBreaker` where none was ever written. */
export interface CircuitBreakers {
  /** As it was a few seconds ago at most, which costs next to nothing. */
  glance(connection: ConnectionId): Promise<CircuitBreaker>
  /** As of now, strongly consistent. */
  load(connection: ConnectionId): Promise<CircuitBreaker>
  /** Writes what was decided on a breaker that was loaded; false when somebody else was first. */
  save(connection: ConnectionId, before: CircuitBreaker, after: CircuitBreaker): Promise<boolean>
}

/** Files that are exchanged with people. */
export interface Files {
  /** A file's bytes in pieces; throws when it cannot be read. */
  read(key: string): Promise<AsyncIterable<Uint8Array>>
  /** Writes a file, or another version of it. */
  write(key: string, file: { readonly text: string; readonly type: string }): Promise<void>
}

/**
 * Sends a message to its own queue again, to be seen not before some seconds have passed. `group` keeps a queue fair
 * between those who share it.
 */
export type Requeue = (body: string, seconds: number, group?: ConnectionId) => Promise<void>

export type Clock = () => Date

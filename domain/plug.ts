import type { z } from 'zod'
import type { Answer } from '../schemas/api/command.ts'
import type { StockCounts, StockMovement } from '../schemas/api/stock.ts'
import type { ConnectionId, OrderId } from '../schemas/canonical/identity.ts'
import type { Instant } from '../schemas/canonical/instant.ts'
import type { NameKind } from '../schemas/canonical/name-kind.ts'
import type { Order } from '../schemas/canonical/order.ts'
import type { Reference } from '../schemas/canonical/reference.ts'
import type { Shipment } from '../schemas/canonical/shipment.ts'
import type { EffectName } from '../schemas/events/order-event.ts'
import type { Failure } from './failure.ts'
import type { Result } from './result.ts'

/** What every plug says of itself, whichever side it stands on. */
export interface Plug {
  /** The folder's name. */
  readonly id: string
  /** The system's own name, for people. */
  readonly title: string
  /** The fields a connection of this plug has in the settings. */
  readonly settings: z.ZodObject
  /** The hosts a connection may call; nothing else is reachable through its `send`. */
  hosts(settings: unknown): readonly string[]
  /** Requests at one time that the system bears from one connection: its lane's `maxConcurrency`, 2 to 1000. */
  readonly maxConcurrency: number
  readonly effects: Effects
  /** Those of `effects` that a connection's settings leave, as safe as they say. @default `effects` */
  effectsFor?(settings: unknown): Effects
  /** Whether its system gives out tokens that expire: without it there is no place to keep one. @default false */
  readonly mintsTokens?: boolean
  /** Absent when the system cannot be swept. */
  readonly sweep?: Sweep
  /** Absent when the system cannot be asked what lies where. */
  readonly counts?: Counts
}

/** A connection opened for work: the only way a plug reaches the outside. */
export interface Account {
  readonly connection: ConnectionId
  /** The connection's own fields, as `Plug.settings` parsed them at synth. */
  readonly settings: unknown
  /** The connection's secret, parsed JSON; the plug's own schema reads it. */
  secret(): Promise<unknown>
  readonly send: Send
  readonly tokens: Tokens
  readonly now: () => Date
}

/** One HTTP call to a vendor. `kind` says what a lost answer means: a read is retried, a write is in doubt. */
export interface Call {
  readonly kind: 'read' | 'write'
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** @default 8000 */
  readonly timeoutMs?: number
}

/** What came back, whatever its status; header names are lower case. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * Sends one call: https only, allow-listed hosts, no redirects, deadline and size caps.
 * Fails with `retry` when nothing was sent or a read got no answer, with `doubt` when a write got none.
 */
export type Send = (call: Call) => Promise<Result<Reply, Failure>>

/** Access tokens shared by every process of a connection and refreshed by one of them at a time. */
export interface Tokens {
  /** The token in force, or the one that `mint` returns, kept until shortly before it expires. */
  get(mint: () => Promise<Result<Minted, Failure>>): Promise<Result<string, Failure>>
  /** Forgets a token that the vendor refused. */
  drop(): Promise<void>
}

export interface Minted {
  readonly token: string
  readonly seconds: number
}

/** The effects that Crossdock asks of systems; a plug implements those its system knows. */
export type Effects = Readonly<Partial<Record<EffectName, Effect>>>

/**
 * How doing it twice is prevented. `key`: the system refuses or merges a duplicate. `lookup`: we search by our
 * reference, not before `lagSeconds` after the doubt arose. `none`: in doubt stays in doubt until a person answers.
 */
export type Safety =
  | { readonly by: 'key' }
  | { readonly by: 'lookup'; readonly lagSeconds: number }
  | { readonly by: 'none' }

export interface Effect {
  readonly safety: Safety
  /** `always`: look up before every attempt; `in-doubt`: only after an attempt whose end is unknown. */
  readonly find: 'always' | 'in-doubt'
  /** Looks for what an earlier attempt may have made. `undefined` means surely not there. Required unless safety is `none`. */
  look?(account: Account, subject: Subject): Promise<Result<Reference | undefined, Failure>>
  /** Does it, once. */
  make(account: Account, subject: Subject): Promise<Result<Reference, Failure>>
}

/** What an effect is about. Quantities still to be delivered are on `lines`; the order is the latest snapshot. */
export interface Subject {
  /** The ledger's name of this piece of work, the same for every attempt at it. @default the effect's own name */
  readonly intentId?: string
  readonly order: Order
  /**
   * Units per ledger line that are to stand at the system when the effect is done: ordered minus cancelled for an ERP,
   * less what the channel fulfils itself for a warehouse, and the units to take back for `cancel-sale`.
   */
  readonly lines: readonly SubjectLine[]
  /** What earlier effects on this order left at the systems of its route. */
  readonly references: References
  /**
   * 1 for the first release of an order; one that is released anew, because its warehouse cannot change what it has,
   * gets the next number. A reference that must be unique carries it from 2 on.
   * @default 1
   */
  readonly round?: number
  /**
   * What this connection calls a thing of the order, from the cross-references; the code itself when it has no other name.
   * @default names everything as the channel does
   */
  readonly names?: Names
  /** For `post-shipment` and `confirm-shipment`. */
  readonly shipment?: Shipment
  /**
   * Ids of the parcels that the ledger knows of. A warehouse that lets go of an order has to wait with saying so until it
   * knows all: the units of an unknown one would be released again.
   * @default none
   */
  readonly parcels?: readonly string[]
  /**
   * Why the channel's total is not the sum of its parts, where a person decided to post it all the same: the reasons of
   * `mismatch` and of `adjustments`.
   * @default none
   */
  readonly agreed?: readonly string[]
}

export interface SubjectLine {
  readonly id: string
  readonly quantity: number
  /**
   * For `cancel-sale`: units that the channel will have taken back of this line in all when the effect is done, so that a
   * channel which cannot tell one cancellation from another is still brought to the same end.
   */
  readonly takenInAll?: number
  /** What one unit is made of at this system, when it knows the bundle only by its components. */
  readonly components?: readonly { readonly sku: string; readonly quantity: number }[]
}

export type { NameKind }

export type Names = (kind: NameKind, code: string) => string

interface References {
  readonly erp?: Reference
  readonly wms?: Reference
}

/** A message as it arrived, by webhook or by sweep; all a plug needs to read it. */
export interface Delivery {
  readonly connection: ConnectionId
  readonly via: 'webhook' | 'sweep'
  /** The headers named by the plug's door (`verify.ts`), lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly receivedAt: Instant
}

/** What a message turned out to say. One message may say several things. */
export type Reading =
  /** A whole order. */
  | { readonly type: 'snapshot'; readonly order: Order }
  /** Something about an order: the truth has to be fetched. */
  | { readonly type: 'hint'; readonly channelOrderId: string }
  /** A parcel left. `lines` are by sku because warehouses do not know the channel's line ids. */
  | { readonly type: 'shipped'; readonly orderId: OrderId; readonly shipment: ReportedShipment }
  /** The warehouse cannot go on; `reason` is shown to people. `since` tells an old notice from a new one. */
  | {
      readonly type: 'held'
      readonly orderId: OrderId
      readonly reason: string
      readonly since?: Instant
      /** The warehouse's own id of the order: a release that it let go of holds nothing up. */
      readonly warehouseOrder?: string
    }
  /** What held the warehouse is over. */
  | { readonly type: 'resumed'; readonly orderId: OrderId; readonly since: Instant }
  /** The warehouse has less than was released: these units wait for stock. All of an order's backorders at once. */
  | {
      readonly type: 'backordered'
      readonly orderId: OrderId
      readonly lines: readonly { readonly sku: string; readonly quantity: number }[]
      readonly since: Instant
      readonly expectedAt?: Instant
    }
  /** What came of an effect that the system answers later, or that was asked about: it was done, refused, or never happened. */
  | {
      readonly type: 'answered'
      readonly orderId: OrderId
      readonly intentId: string
      readonly answer: Answer
    }
  /** What lies at one of the system's own locations, as of a moment. */
  | ({
      readonly type: 'counted'
      /** What the system calls it. */
      readonly location: string
      readonly at: Instant
      readonly sequence?: number | undefined
    } & Pick<StockCounts, 'counts'>)
  /** What came to one of its locations, or left it otherwise than in a parcel. */
  | {
      readonly type: 'moved'
      readonly location: string
      readonly movements: readonly StockMovement[]
    }
  /** A customer, or the law on behalf of all, wants personal data erased or told. */
  | { readonly type: 'privacy'; readonly asking: Asking }
  /** Nothing for the ledger. */
  | { readonly type: 'nothing'; readonly why: string }

export interface Asking {
  readonly kind: 'erasure' | 'disclosure'
  /** The channel's name of the request, or what makes it the same one again: letters, digits and dashes. */
  readonly reference: string
  /** The account it names, as one of the connection's hosts: several may share a signing secret. @default none is named */
  readonly account?: string
  /** The channel's ids of orders and of their customer; with neither, everybody. */
  readonly orders?: readonly string[]
  readonly customer?: string
}

export type ReportedShipment = Omit<Shipment, 'lines' | 'parts'> & {
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[]
  /** The warehouse's own id of the order, evidence that the release was taken. */
  readonly warehouseOrder: string
}

/** Reads everything that changed in a closed window, page by page. */
export type Sweep = (account: Account, window: Window) => Promise<Result<Page, Failure>>

export interface Window {
  readonly from: Instant
  readonly to: Instant
  /** As the page before gave it. */
  readonly cursor?: string
}

export interface Page {
  readonly deliveries: readonly Pick<Delivery, 'headers' | 'body'>[]
  /** Absent on the last page. */
  readonly cursor?: string
}

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

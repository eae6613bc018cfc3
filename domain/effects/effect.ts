import type { NameKind } from '../../schemas/canonical/name-kind.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import type { Shipment } from '../../schemas/canonical/shipment.ts'
import type { EffectName } from '../../schemas/events/order-event.ts'
import type { Account } from '../account.ts'
import type { Failure } from '../failure.ts'
import type { Result } from '../result.ts'

/** The effects of a connector: those that its vendor supports. */
export type Effects = Readonly<Partial<Record<EffectName, Effect>>>

/**
 * How duplicates are prevented. `key`: the system rejects or merges them. `lookup`: we search by our reference, at the
 * earliest `lagSeconds` after the doubt arose: how long after we gave up a request can still be carried out and become
 * visible. `none`: it stays in doubt until a person answers.
 */
export type Safety =
  | { readonly by: 'key' }
  | { readonly by: 'lookup'; readonly lagSeconds: number }
  | { readonly by: 'none' }

/** Recorded when a person or a system answers that an effect did not happen. */
export const surelyNotDone = 'it did not happen'

export interface Effect {
  readonly safety: Safety
  /** `always`: look up before every attempt; `in-doubt`: only after an attempt with an unknown outcome. */
  readonly find: 'always' | 'in-doubt'
  /**
   * Searches for the result of an earlier attempt. `undefined` means certainly not there. Required unless safety is
   * `none`.
   */
  look?(account: Account, subject: Subject): Promise<Result<Found | undefined, Failure>>
  /** Performs it once. */
  make(account: Account, subject: Subject): Promise<Result<Reference, Failure>>
  /**
   * Adds what is missing from a document that `look` found half made. Required if `make` needs several writes for one
   * document: any failure after the first write leads to a look-up.
   */
  finish?(account: Account, subject: Subject, begun: Found): Promise<Result<Reference, Failure>>
}

/**
 * The writes of earlier attempts at one effect, stored with the order. A killed worker stores none, so a step that is
 * not here may still have been done.
 */
export interface Steps {
  /** The vendor's id of a step's result. */
  idOf(step: string): string | undefined
  /** Stores the id of a step's result as soon as the vendor answers. */
  done(step: string, id: string): void
}

/** The result of a look-up; half made if some writes are missing. */
type Found = Reference & { readonly isHalfMade?: boolean }

/** What an effect is about. `lines` has the quantities still to deliver; the order is the latest snapshot. */
export interface Subject {
  /** The ledger's id of this work, the same for every attempt. @default the effect's own name */
  readonly intentId?: string
  readonly order: Order
  /**
   * Units per ledger line that the system should have when the effect is done: ordered minus cancelled for an ERP,
   * minus units fulfilled by the channel for a warehouse, and the units to cancel for `cancel-sale`.
   */
  readonly lines: readonly SubjectLine[]
  /** References of earlier effects on this order at its route's systems. */
  readonly references: References
  /**
   * 1 for the order's first release; a repeated release, because the warehouse cannot change orders, gets the next
   * number. A reference that must be unique includes it from 2 on.
   * @default 1
   */
  readonly round?: number
  /**
   * The connection's names from the cross-references; without one, the code itself.
   * @default the channel's codes
   */
  readonly names?: Names
  /** What earlier attempts at this effect have written. @default nothing is kept */
  readonly steps?: Steps
  /** For `post-shipment` and `confirm-shipment`. */
  readonly shipment?: Shipment
  /**
   * Ids of the parcels that the ledger knows. A warehouse must not confirm a cancellation before the ledger knows all
   * parcels, because the units of an unknown one would be released again.
   * @default none
   */
  readonly parcels?: readonly string[]
  /**
   * Differences between total and parts that a person accepted: reasons of `mismatch` and `adjustments`.
   * @default none
   */
  readonly agreed?: readonly string[]
}

export interface SubjectLine {
  readonly id: string
  readonly quantity: number
  /**
   * For `cancel-sale`: all units of the line that the channel will have removed when the effect is done, for channels
   * that cannot distinguish cancellations.
   */
  readonly takenInAll?: number
  /** The components of one unit, if this system knows the bundle only by them. */
  readonly components?: readonly { readonly sku: string; readonly quantity: number }[]
}

export type { NameKind }

export type Names = (kind: NameKind, code: string) => string

interface References {
  readonly erp?: Reference
  readonly wms?: Reference
}

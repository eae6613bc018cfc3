import type { NameKind } from '../../schemas/canonical/name-kind.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import type { Shipment } from '../../schemas/canonical/shipment.ts'
import type { EffectName } from '../../schemas/events/order-event.ts'
import type { Account } from '../account.ts'
import type { Failure } from '../failure.ts'
import type { Result } from '../result.ts'

/** The effects that Crossdock asks of systems; a connector implements those its vendor knows. */
export type Effects = Readonly<Partial<Record<EffectName, Effect>>>

/**
 * How doing it twice is prevented. `key`: the system refuses or merges a duplicate. `lookup`: we search by our reference, not before
 * `lagSeconds` after the doubt arose; that is how long after we gave up a request can still be carried out and become visible.
 * `none`: in doubt stays in doubt until a person answers.
 */
export type Safety =
  | { readonly by: 'key' }
  | { readonly by: 'lookup'; readonly lagSeconds: number }
  | { readonly by: 'none' }

/** What is written down of an effect when a person or a system answers that it did not happen. */
export const surelyNotDone = 'it surely did not happen'

export interface Effect {
  readonly safety: Safety
  /** `always`: look up before every attempt; `in-doubt`: only after an attempt whose end is unknown. */
  readonly find: 'always' | 'in-doubt'
  /** Looks for what an earlier attempt may have made. `undefined` means surely not there. Required unless safety is `none`. */
  look?(account: Account, subject: Subject): Promise<Result<Found | undefined, Failure>>
  /** Does it, once. */
  make(account: Account, subject: Subject): Promise<Result<Reference, Failure>>
  /**
   * Adds what is missing of something that `look` found half made. Required where `make` is several writes that together are one
   * document: whatever fails after the first of them is looked up before anything else is tried.
   */
  finish?(account: Account, subject: Subject, begun: Found): Promise<Result<Reference, Failure>>
}

/**
 * The writes that attempts at one effect have done so far, kept with the order from one attempt to the next. A worker that is
 * killed keeps none of its own, so a step that is not here may still have been done.
 */
export interface Steps {
  /** The vendor's id of what a step made. */
  idOf(step: string): string | undefined
  /** Keeps the id of what a step made, as soon as the vendor answers with it. */
  done(step: string, id: string): void
}

/** What a look-up found; half made when some writes of it are missing. */
export type Found = Reference & { readonly isHalfMade?: boolean }

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
  /** What earlier attempts at this effect have written. @default nothing is kept */
  readonly steps?: Steps
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

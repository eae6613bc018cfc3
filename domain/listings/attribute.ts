import type { Instant } from '../../schemas/canonical/instant.ts'
import type { SellingTerms } from '../../schemas/settings.ts'
import type { AttributeState, Listing } from '../../schemas/stored/listing.ts'
import type { Seller } from './sellers.ts'

/** What the engine that publishes listings has to know of one of their attributes: a row of the table of attributes. */
export interface Attribute<V = unknown, S extends AttributeState = AttributeState> {
  /**
   * Reads what the desired values of some listings follow from, and tells of each what is known of it then; `desired` is absent
   * where the channel is told nothing.
   */
  desire(listings: readonly Listing[]): Promise<(listing: Listing, seller: Seller) => Desire<S>>
  /** What the channel shows, as far as one can tell; `undefined` before it was ever told or asked. */
  shown(state: S, seller: Seller): V | undefined
  /** Goes before all others, and is told even where a mismatch is left to a person. */
  isUrgent(value: V): boolean
  /** What is known after the channel took what it was told. */
  acknowledged(state: S, sent: Sent<S>, about: About): S
  /** What is known after the channel was found to show something else than it should. */
  found(state: S, shows: V, about: About): S
  /** What explains that the channel shows something else, and whether it is left to a person. */
  drift(known: V, shows: V, terms: SellingTerms): Drift
}

export interface Desire<S extends AttributeState> {
  readonly state: S
  readonly desired?: Omit<NonNullable<S['desired']>, 'at'>
}

export type Sent<S extends AttributeState> = NonNullable<S['maybeAcknowledged']>

export interface About {
  readonly seller: Seller
  readonly now: Instant
}

interface Drift {
  /** Sold there though nobody told, or changed by somebody else. */
  readonly is: 'missed' | 'foreign'
  readonly isRaised: boolean
}

/** The table of attributes, by name. */
export type Attributes = Readonly<Record<string, Attribute>>

/** An attribute that its channel never changes by itself; what it shows otherwise is put right. */
export const plainAttribute: Omit<Attribute, 'desire'> = {
  shown: ({ acknowledged }) => acknowledged?.value,
  isUrgent: () => false,
  acknowledged: (state, { value }, { now }) => ({ ...state, acknowledged: { value, at: now } }),
  found: (state, shows, { now }) => ({ ...state, acknowledged: { value: shows, at: now } }),
  drift: () => ({ is: 'foreign', isRaised: false }),
}

import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Listing } from '../../schemas/stored/listing.ts'
import { after } from '../instant.ts'
import type { Available } from '../stock/available.ts'
import type { Semantics } from './selling.ts'

type Known = Pick<Listing, 'published' | 'unseen' | 'wanted'>

/** Own sales that the ledger learned of since the channel showed what it was last known to show. */
const learned = ({ published, wanted }: Known): number =>
  Math.max(0, (wanted?.sold ?? 0) - (published?.sold ?? wanted?.sold ?? 0))

/**
 * What a channel shows, as far as one can tell: what it was told last, less what it has sold since by itself. `undefined`
 * before it was ever told or asked.
 */
export function shownBy(listing: Known, semantics: Semantics): number | undefined {
  const { published, unseen, wanted } = listing
  if (!published || semantics === 'physical' || !wanted?.alone) return published?.units
  return published.units - Math.max(0, learned(listing) - (unseen?.units ?? 0))
}

/** Units that the channel sold and whose orders have not come: fewer with every order that does. */
export function unseenAt(listing: Known, sold: number, now: Instant): number {
  const { unseen, published } = listing
  if (!unseen || unseen.until <= now) return 0
  return Math.max(0, unseen.units - Math.max(0, sold - (published?.sold ?? sold)))
}

/** What a look at stock made of a listing. */
export interface Projection {
  readonly available: Available | undefined
  /** Units of the channel's own open orders, and whether they can be of this listing only. */
  readonly sold: number
  readonly alone: boolean
  /** The moment of the change that was looked at. */
  readonly at: Instant
  readonly now: Instant
  readonly semantics: Semantics
}

/** A listing after a look at stock; the same object when nothing about it is new. */
export function projected(listing: Listing, seen: Projection): Listing {
  const { available, sold, alone, at, now } = seen
  const units = available?.units
  const isSame = listing.wanted?.units === units
  const { wanted: _, unseen, ...rest } = listing
  const next: Listing = {
    ...rest,
    ...(listing.published && { published: { ...listing.published, sold: baseOf(listing, sold) } }),
    ...(unseen && unseen.until > now && { unseen }),
    ...(available && {
      wanted: {
        units: available.units,
        at: isSame ? (listing.wanted?.at ?? at) : at,
        sold,
        alone,
        why: available.why,
      },
    }),
  }
  return changed(listing, marked(next, seen))
}

/** What has left is no open order any more, and yet it was learned of: what is counted from falls with it. */
function baseOf({ published, wanted }: Listing, sold: number): number {
  if (published?.sold === undefined) return sold
  return published.sold - Math.max(0, (wanted?.sold ?? sold) - sold)
}

/** Notes since when the channel shows something else than it should. */
function marked(
  listing: Listing,
  { at, semantics }: Pick<Projection, 'at' | 'semantics'>,
): Listing {
  const shown = shownBy(listing, semantics)
  const isLeft = listing.disputed !== undefined && listing.wanted?.units !== 0
  if (listing.wanted && !isLeft && shown !== listing.wanted.units) {
    return { ...listing, dirtySince: listing.dirtySince ?? at }
  }
  const { dirtySince: _, late: __, ...clean } = listing
  return clean
}

/** Raised under a new revision only when something differs, in whatever order it was written down. */
const changed = (before: Listing, after: Listing): Listing =>
  textOf(before) === textOf(after) ? before : { ...after, rev: before.rev + 1 }

const textOf = (listing: Listing): string =>
  JSON.stringify(listing, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )

/** What a channel was told. */
export interface Told {
  readonly units: number
  /** `wanted` as it was when it was told. */
  readonly wanted: NonNullable<Listing['wanted']>
}

interface Heard {
  readonly now: Instant
  readonly semantics: Semantics
}

/** A listing whose channel took a number; more may be wanted by now. */
export function confirmed(
  listing: Listing,
  { units, wanted }: Told,
  { now, semantics }: Heard,
): Listing {
  const { refusal: _, dirtySince: __, late: ___, unseen, ...rest } = listing
  const left = unseenAt(listing, wanted.sold, now)
  // What left while the number was on its way is no open order any more.
  const gone = Math.max(0, wanted.sold - (listing.wanted?.sold ?? wanted.sold))
  const sold = wanted.sold - gone
  const next: Listing = {
    ...rest,
    published: { units, at: now, sold },
    ...(unseen && left > 0 && { unseen: { ...unseen, units: left } }),
  }
  return changed(listing, marked(next, { at: listing.wanted?.at ?? now, semantics }))
}

/** A listing whose channel will not take a number, until somebody changes something. */
export function refused(listing: Listing, reason: string, now: Instant): Listing {
  const { dirtySince: _, late: __, ...rest } = listing
  return changed(listing, { ...rest, refusal: { reason, at: now } })
}

interface Look extends Heard {
  readonly shows: number
  /** Seconds after which the order of a sale has surely come. */
  readonly patience: number
}

/**
 * A listing whose channel shows something else than it should. Fewer: it sold them, and their orders are on their way, so
 * that as many are withheld until they come or their time is over. More: somebody put them there, which is no reason to sell them.
 */
export function found(listing: Listing, { shows, now, semantics, patience }: Look): Listing {
  const { published, wanted, unseen: _, ...rest } = listing
  const sold = wanted?.sold ?? published?.sold
  const before = listing.unseen && listing.unseen.until > now ? listing.unseen.units : 0
  const less = published && semantics === 'sellable' ? published.units - shows : 0
  const units = Math.max(0, before + less - learned(listing))
  const next: Listing = {
    ...rest,
    ...(wanted && { wanted }),
    published: { units: shows, at: now, ...(sold !== undefined && { sold }) },
    ...(units > 0 && { unseen: { units, until: after(now, patience) } }),
  }
  return changed(listing, marked(next, { at: listing.dirtySince ?? now, semantics }))
}

/** A listing whose channel shows so much else than it should that a person has to say what is right. */
export const disputed = (listing: Listing, shows: number, { now, semantics }: Heard): Listing => {
  const at = listing.disputed?.shows === shows ? listing.disputed.at : now
  const next = { ...listing, disputed: { shows, at } }
  return changed(listing, marked(next, { at: now, semantics }))
}

/** A listing that a person need not look at any more. */
export const settled = (listing: Listing): Listing => {
  const { disputed: _, ...rest } = listing
  return changed(listing, rest)
}

/** What a channel itself says of something it sells, beside how many. */
export type Described = Pick<Listing, 'remote' | 'price' | 'parts'>

/** A listing with what its channel says of it now. */
export const described = (listing: Listing, { remote, price, parts }: Described): Listing => {
  const { price: _, ...rest } = listing
  return changed(listing, { ...rest, remote, parts, ...(price && { price }) })
}

/** A listing whose time limit has passed, and was counted. */
export const counted = (listing: Listing): Listing => changed(listing, { ...listing, late: true })

/** Whether the one point of a change that reached its channel, or never will, is a good one; none when it was counted. */
export function scoreOf(
  { dirtySince, late }: Listing,
  now: Instant,
  seconds: number,
): 'met' | 'missed' | undefined {
  if (dirtySince === undefined || late) return undefined
  return now <= after(dirtySince, seconds) ? 'met' : 'missed'
}

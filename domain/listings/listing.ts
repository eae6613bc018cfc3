import type { Instant } from '../../schemas/canonical/instant.ts'
import type { AttributeState, Listing } from '../../schemas/stored/listing.ts'
import { after, earliest } from '../instant.ts'
import type { Attribute, Desire, Sent, About as Situation } from './attribute.ts'

/** What is known of one attribute of a listing. */
export const stateOf = (
  { attributes }: Pick<Listing, 'attributes'>,
  name: string,
): AttributeState => statesIn(attributes)[name] ?? {}

/** Other attributes than the quantity are kept as they are read. */
const statesIn = (
  attributes: Listing['attributes'],
): Readonly<Record<string, AttributeState | undefined>> => attributes

/** A listing with what is known of some attributes now; the same object when nothing is new. */
export function withStates(
  listing: Listing,
  states: Readonly<Record<string, AttributeState>>,
): Listing {
  const news = Object.entries(states).filter(
    ([name, state]) => !isSame(stateOf(listing, name), state),
  )
  const attributes = { ...listing.attributes, ...Object.fromEntries(news) }
  return changed(listing, { ...listing, attributes })
}

/** Raised under a new revision only when something differs, in whatever order it was written down. */
export const changed = (before: Listing, after: Listing): Listing =>
  isSame(before, after) ? before : { ...after, rev: before.rev + 1 }

/** Whether two values say the same, in whatever order they were written down. */
export const isSame = (a: unknown, b: unknown): boolean => textOf(a) === textOf(b)

const textOf = (all: unknown): string | undefined =>
  JSON.stringify(all, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )

/** When something about a listing is due, and whether it ran out and its channel still has to be told. */
export function attentionOf({
  attributes,
}: Listing): { readonly at: Instant; readonly isZero: boolean } | undefined {
  const { quantity } = attributes
  const isZero = quantity?.dirtySince !== undefined && quantity.desired?.value === 0
  const since = Object.values(statesIn(attributes)).map((state) => state?.dirtySince)
  const at = earliest([...since, ...(quantity?.dirtySince ? [] : [quantity?.unseen?.until])])
  return at === undefined ? undefined : { at, isZero }
}

/** The attributes that its channel has to be told. */
export const dirtyIn = ({ attributes }: Listing): readonly string[] =>
  Object.entries(statesIn(attributes)).flatMap(([name, state]) => (state?.dirtySince ? [name] : []))

/** An attribute, the channel that shows it, and the moment. */
export interface About extends Situation {
  readonly attribute: Attribute
}

/** After a look at what the value follows from; `at` is when that changed. */
export function desired(
  before: AttributeState,
  next: Desire<AttributeState>,
  about: About & { readonly at: Instant },
) {
  const { desired: _, ...rest } = next.state
  const isUnchanged = isSame(before.desired?.value, next.desired?.value)
  const at = isUnchanged ? (before.desired?.at ?? about.at) : about.at
  // The row names no moment, and may have a value of any kind.
  const value = next.desired && { ...next.desired, value: next.desired.value, at }
  return marked({ ...rest, ...(value && { desired: value }) }, about.at, about)
}

/** Notes since when the channel shows something else than it should. */
function marked(state: AttributeState, at: Instant, { attribute, seller }: About): AttributeState {
  const { desired, maybeAcknowledged: maybe, mismatch } = state
  const isLeft = mismatch && !(desired && attribute.isUrgent(desired.value))
  const may = [attribute.shown(state, seller), ...(maybe ? [maybe.value] : [])]
  if (desired && !isLeft && may.some((value) => !isSame(value, desired.value))) {
    return { ...state, dirtySince: state.dirtySince ?? at }
  }
  const { dirtySince: _, late: __, ...clean } = state
  return clean
}

/** What of a desired value has to be known when the channel has taken it. */
export const sentOf = ({
  value,
  at,
  ...more
}: NonNullable<AttributeState['desired']>): Sent<AttributeState> => ({
  value,
  at,
  ...('sold' in more && { sold: more.sold }),
})

/** After the channel took a value; another may be desired by now. */
export function confirmed(
  state: AttributeState,
  sent: Sent<AttributeState>,
  about: About & { readonly feed?: string | undefined },
): AttributeState {
  const { refusal: _, dirtySince: __, late: ___, maybeAcknowledged: ____, ...rest } = state
  const { acknowledged, ...next } = about.attribute.acknowledged(rest, sent, about)
  const { feed } = about
  const said = acknowledged && { ...acknowledged, ...(feed !== undefined && { feed }) }
  const took = { ...next, ...(said && { acknowledged: said }) }
  return marked(took, state.desired?.at ?? about.now, about)
}

/** After a request whose answer was lost. */
export const doubted = (
  state: AttributeState,
  sent: Sent<AttributeState>,
  about: About,
): AttributeState => marked({ ...state, maybeAcknowledged: sent }, about.now, about)

/** After the channel refused a value, which it is not told again until somebody changes something. */
export function refused(
  state: AttributeState,
  refusal: NonNullable<AttributeState['refusal']>,
): AttributeState {
  const { dirtySince: _, late: __, ...rest } = state
  return { ...rest, refusal }
}

/** After the channel was found to show something else than it should: what it was told without an answer, or something new. */
export function found(state: AttributeState, shows: unknown, about: About): AttributeState {
  const { maybeAcknowledged: maybe, ...rest } = state
  const next =
    maybe && isSame(maybe.value, shows)
      ? about.attribute.acknowledged(rest, maybe, about)
      : withoutDoubt(about.attribute.found(state, shows, about))
  return marked(next, state.dirtySince ?? about.now, about)
}

function withoutDoubt({ maybeAcknowledged: _, ...rest }: AttributeState): AttributeState {
  return rest
}

/** After a comparison that leaves what the channel shows to a person. */
export function mismatched(state: AttributeState, shows: unknown, about: About): AttributeState {
  const at = isSame(state.mismatch?.shows, shows) ? (state.mismatch?.at ?? about.now) : about.now
  return marked({ ...state, mismatch: { shows, at } }, about.now, about)
}

/** When a person need not look at it any more. */
export function resolved({ mismatch: _, ...rest }: AttributeState): AttributeState {
  return rest
}

/** What a channel itself says of something it sells, beside the attributes that it is told. */
export type Described = Pick<Listing, 'remote' | 'price' | 'parts'>

/** A listing with what its channel says of it now. */
export function described(
  { price: _, ...listing }: Listing,
  { remote, price, parts }: Described,
): Listing {
  return { ...listing, remote, parts, ...(price && { price }) }
}

/** Whether the one point of a change that reached its channel, or never will, is a good one; none when it was counted. */
export function scoreOf(
  { dirtySince, late }: AttributeState,
  now: Instant,
  seconds: number,
): 'met' | 'missed' | undefined {
  if (dirtySince === undefined || late) return undefined
  return now <= after(dirtySince, seconds) ? 'met' : 'missed'
}

import type { Order, OrderLine } from '../../schemas/canonical/order.ts'
import type { OrderEvent, SoldLine, Version } from '../../schemas/events/order-event.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { isImpossible, problemsOf } from '../exceptions/problems.ts'
import { clearUnreadable } from '../exceptions/raise.ts'
import { difference, digestOf, heldAs, holdsTheSame, sellsTheSame, termsOf } from './digest.ts'
import { isEmptied } from './emptied.ts'
import type { FactOf } from './facts.ts'
import { type Policy, routedBy } from './policy.ts'
import { capturedStage } from './stages.ts'
import { mayHaveHappened, releaseOf, roundOf } from './state.ts'

/** The events of a snapshot; `fetch` if they cannot be decided from it. */
export function snapshotEvents(
  state: OrderState,
  fact: FactOf<'snapshot'>,
  policy: Policy,
): readonly OrderEvent[] | 'fetch' {
  const { order, authority } = fact
  const means = termsIn(order, state, policy)
  const { problems, awaiting } = means
  const untrue = isImpossible(problems)
  const digest = fact.digest ?? digestOf(order)
  const version: Version = {
    version: order.version,
    authority,
    // A later possible version is always news, whatever it has in common with this one.
    digest: untrue ? `impossible ${digest}` : digest,
    ...(authority === 'sole' && { receivedAt: fact.receivedAt }),
  }
  const terms = { ...version, ...means }
  const standing = { ...version, problems, awaiting }
  const cancelled = cancelRequest(state, fact, untrue)
  if (!state.seen) {
    const captured = { type: 'order.captured', ...terms, receivedAt: fact.receivedAt } as const
    const inTime = capturedStage(order.connection, fact.receivedAt, {
      at: fact.at,
      seconds: policy.stages.captured,
    })
    return [captured, inTime, ...cancelled, ...clearUnreadable(state)]
  }

  const { cancelledAt } = order
  const age = ageOf(state, version, { cancelledAt, lines: untrue ? [] : means.lines })
  if (age === 'older') return []
  if (age === 'unclear') return 'fetch'
  const known = state.seen
  if (age === 'same') {
    // The settings may have changed since the same order was read.
    const other = JSON.stringify(problems) !== JSON.stringify(state.problems)
    const seen = {
      type: 'order.seen',
      ...standing,
      authority: known.authority,
      digest: known.digest,
    } as const
    return [...(other ? [seen] : []), ...(authority === 'fetched' ? clearUnreadable(state) : [])]
  }
  // An impossible order changes nothing that is known, and blocks what would follow from it.
  const held = { digest: heldAs(version.digest, known.digest) }
  const news = !untrue && !isEcho(order, held.digest, state)
  const told: OrderEvent = news
    ? { type: 'order.amended', ...terms, ...held }
    : { type: 'order.seen', ...standing, ...held }
  return [told, ...cancelled, ...clearUnreadable(state)]
}

/** An edit is not a version of the channel's: the next snapshot is still compared with the channel's last one. */
export function editEvents(
  state: OrderState,
  { order, id, by, field, reason, rev }: FactOf<'edited'>,
  policy: Policy,
): readonly OrderEvent[] {
  if (!state.seen || state.rev !== rev || state.commands.includes(id)) return []
  const { version, authority, digest, receivedAt } = state.seen
  const means = termsIn(order, state, policy)
  // An edit cannot make a value possible, and the impossible version may be later than the document.
  const untrue = state.problems.filter((problem) => isImpossible([problem]))
  const problems = [...untrue, ...means.problems.filter((problem) => !isImpossible([problem]))]
  const terms = {
    version,
    authority,
    digest,
    ...(receivedAt !== undefined && { receivedAt }),
    ...means,
    problems,
  }
  return [{ type: 'order.edited', id, by, field, reason, ...terms }]
}

/** What a document means to the ledger, whatever its version. */
function termsIn(order: Order, state: OrderState, policy: Policy) {
  const routed = routedBy(order)
  const route = policy.route(routed)
  return {
    problems: problemsOf({ order, route, state, policy }),
    awaiting: order.acceptance === 'awaited',
    terms: termsOf(order),
    number: order.number,
    currency: order.currency,
    total: order.total,
    lines: soldLines(distinct(order.lines), state),
    ...(routed.country !== undefined && { country: routed.country }),
    ...(route && { route }),
  }
}

/** Nothing is new except that the channel repeats what we reported about parcels. */
function isEcho(order: Order, digest: string, { lines, seen }: OrderState): boolean {
  if (!seen || !sellsTheSame(digest, seen.digest) || !holdsTheSame(digest, seen.digest))
    return false
  const known = new Map(lines.map((line) => [line.id, line]))
  return order.lines.every(({ id, fulfilled }) => {
    const { shipped = 0, fulfilledByChannel = 0 } = known.get(id) ?? {}
    return fulfilled >= fulfilledByChannel && fulfilled <= fulfilledByChannel + shipped
  })
}

type Age = 'older' | 'same' | 'newer' | 'unclear'

/** What a body can tell us without a fetch: that it is cancelled, and its lines if they are possible. */
interface Believable {
  readonly cancelledAt: Order['cancelledAt']
  readonly lines: readonly SoldLine[]
}

/**
 * Where a body stands relative to what is known. Channels stamp versions by the second, so two bodies of one second
 * have no order. One that leaves less to deliver is believed at once, because goods can be sent later but not called
 * back. Otherwise the order is fetched from the channel, or, where that is not possible, the last body received wins.
 */
function ageOf(state: OrderState, next: Version, body: Believable): Age {
  const { seen: known } = state
  if (!known || next.version > known.version) return 'newer'
  if (next.version < known.version) return 'older'
  const differs = difference(next.digest, known.digest)
  if (differs === 'none') return outranks(next, known) ? 'newer' : 'same'
  if (differs === 'silent') return 'same'
  if (next.authority === 'fetched' || difference(known.digest, next.digest) === 'silent')
    return 'newer'
  if (next.authority === 'sole') return isReceivedLater(next, known) ? 'newer' : 'older'
  return leavesLess(body, state) ? 'newer' : 'unclear'
}

/** A fetched order is the current truth; a body may repeat an older state. */
const outranks = (next: Version, known: Version): boolean =>
  next.authority === 'fetched' && known.authority !== 'fetched'

/** Two bodies received at the same time are ordered by digest, so that any order of arrival ends alike. */
function isReceivedLater(next: Version, known: Version): boolean {
  const [then = '', now = ''] = [known.receivedAt, next.receivedAt]
  return now === then ? next.digest > known.digest : now > then
}

/**
 * Cancelled, or fewer units to deliver on some line and more on none. Compares only what the ledger keeps of lines, so
 * a repeated body is not news.
 */
function leavesLess({ cancelledAt, lines }: Believable, state: OrderState): boolean {
  if (cancelledAt && !state.cancelRequestedAt) return true
  const known = new Map(state.lines.map((line) => [line.id, leftIn(line)]))
  const left = lines.map((line) => ({ before: known.get(line.id) ?? 0, now: leftIn(line) }))
  return (
    left.every(({ before, now }) => now <= before) && left.some(({ before, now }) => now < before)
  )
}

const leftIn = ({ ordered, removed, fulfilledByChannel }: SoldLine): number =>
  Math.max(0, ordered - removed - fulfilledByChannel)

function cancelRequest(
  state: OrderState,
  { order }: FactOf<'snapshot'>,
  untrue: boolean,
): OrderEvent[] {
  if (state.cancelRequestedAt) return []
  if (!order.cancelledAt && (untrue || !isEmptied(order))) return []
  return [
    {
      type: 'order.cancel-requested',
      requestedAt: order.cancelledAt ?? order.version,
      by: 'channel',
      reason: order.cancelReason ?? (order.cancelledAt ? 'cancelled' : 'every line was removed'),
    },
  ]
}

/** If lines share an id, the first one counts. */
const distinct = (lines: readonly OrderLine[]): readonly OrderLine[] =>
  [...new Map(lines.toReversed().map((line) => [line.id, line])).values()].toReversed()

/** Units fulfilled at the channel before any release or parcel were fulfilled by the channel; after that, by us. */
function soldLines(lines: readonly OrderLine[], state: OrderState): SoldLine[] {
  const given =
    mayHaveHappened(releaseOf(state)) ||
    roundOf(state) > 1 ||
    state.lines.some((line) => line.shipped > 0)
  const known = new Map(state.lines.map((line) => [line.id, line]))
  return lines.map(({ id, sku, shippable, quantity, removed, fulfilled, fulfilledByChannel }) => {
    const own = fulfilledByChannel === true
    const units = given ? (known.get(id)?.assignedToChannel ?? 0) : Math.min(fulfilled, quantity)
    const handed = given && !own ? units : Math.min(fulfilled, quantity)
    return {
      id,
      ...(sku !== undefined && { sku }),
      shippable,
      ordered: quantity,
      removed,
      assignedToChannel: !shippable ? 0 : own ? quantity : units,
      fulfilledByChannel: shippable ? handed : 0,
    }
  })
}

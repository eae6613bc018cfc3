import type { Order, OrderLine } from '../../schemas/canonical/order.ts'
import type { OrderEvent, SoldLine } from '../../schemas/events/order-event.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { digestOf, termsOf } from './digest.ts'
import { clearUnreadable } from './exceptions.ts'
import type { FactOf } from './facts.ts'
import { type Policy, routedBy } from './policy.ts'
import { problemsOf } from './problems.ts'
import { capturedStage } from './stages.ts'
import { mayHaveHappened, releaseOf, roundOf } from './state.ts'

/** What a snapshot adds to what is known; `fetch` when that cannot be told from it. */
export function snapshotEvents(
  state: OrderState,
  fact: FactOf<'snapshot'>,
  policy: Policy,
): readonly OrderEvent[] | 'fetch' {
  const { order, authority } = fact
  const version = { version: order.version, authority, digest: fact.digest ?? digestOf(order) }
  const terms = { ...version, ...termsIn(order, state, policy) }
  const { problems, awaiting, lines } = terms
  const standing = { ...version, problems, awaiting }
  const cancelled = cancelRequest(state, fact)
  if (!state.seen) {
    const captured = { type: 'order.captured', ...terms, receivedAt: fact.receivedAt } as const
    const inTime = capturedStage(order.connection, fact.receivedAt, {
      at: fact.at,
      seconds: policy.stages.captured,
    })
    return [captured, inTime, ...cancelled, ...clearUnreadable(state)]
  }

  const age = compare(state.seen, version)
  if (age === 'older') return []
  // What was fetched is the truth of now; a body may be a repetition from before the trouble.
  if (age === 'unclear') return 'fetch'
  const seen = { type: 'order.seen', ...standing } as const
  if (age === 'same') {
    // The settings may have changed what the same order means.
    const other = JSON.stringify(problems) === JSON.stringify(state.problems) ? [] : [seen]
    return authority === 'fetched' ? [...other, ...clearUnreadable(state)] : other
  }
  const besides = [...cancelled, ...clearUnreadable(state)]
  const news = version.digest !== state.seen.digest || moved(state, lines)
  const told: OrderEvent = news ? { type: 'order.amended', ...terms } : seen
  return [told, ...besides]
}

/** An edit is no version of the channel's: the next snapshot is still compared with what the channel sent last. */
export function editEvents(
  state: OrderState,
  { order, id, by, field, reason, rev }: FactOf<'edited'>,
  policy: Policy,
): readonly OrderEvent[] {
  if (!state.seen || state.rev !== rev || state.commands.includes(id)) return []
  const { version, authority, digest } = state.seen
  const terms = { version, authority, digest, ...termsIn(order, state, policy) }
  return [{ type: 'order.edited', id, by, field, reason, ...terms }]
}

/** What a document means to the ledger, whatever version it is. */
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
    lines: soldLines(order.lines, state),
    ...(routed.country !== undefined && { country: routed.country }),
    ...(route && { route }),
  }
}

/** The channel gave units to the buyer itself, which changes what is left for a warehouse. */
const moved = (state: OrderState, lines: readonly SoldLine[]): boolean =>
  lines.some(({ id, byChannel, handed }) => {
    const known = state.lines.find((line) => line.id === id)
    return known?.byChannel !== byChannel || known.handed !== handed
  })

type Seen = NonNullable<OrderState['seen']>

function compare(
  known: Pick<Seen, 'version' | 'authority' | 'digest'>,
  next: Pick<Seen, 'version' | 'authority' | 'digest'>,
): 'older' | 'same' | 'newer' | 'unclear' {
  if (next.version < known.version) return 'older'
  if (next.version > known.version) return 'newer'
  if (next.digest === known.digest && next.authority === known.authority) return 'same'
  // Channels stamp versions by the second, so two bodies of one second cannot be put in order.
  if (next.authority === 'fetched') return 'newer'
  return next.digest === known.digest ? 'same' : 'unclear'
}

function cancelRequest(state: OrderState, { order }: FactOf<'snapshot'>): OrderEvent[] {
  if (state.cancelRequestedAt) return []
  const emptied = order.lines.every((line) => line.removed >= line.quantity)
  if (!order.cancelledAt && !emptied) return []
  return [
    {
      type: 'order.cancel-requested',
      requestedAt: order.cancelledAt ?? order.version,
      by: 'channel',
      reason: order.cancelReason ?? (order.cancelledAt ? 'cancelled' : 'every line was removed'),
    },
  ]
}

/** Before a release, what the channel says was fulfilled was fulfilled by itself; after it, by our own hand. */
function soldLines(lines: readonly OrderLine[], state: OrderState): SoldLine[] {
  const given = mayHaveHappened(releaseOf(state)) || roundOf(state) > 1
  const known = new Map(state.lines.map((line) => [line.id, line]))
  return lines.map(({ id, sku, shippable, quantity, removed, fulfilled, fulfilledByChannel }) => {
    const own = fulfilledByChannel === true
    const units = given ? (known.get(id)?.byChannel ?? 0) : Math.min(fulfilled, quantity)
    const handed = given && !own ? units : Math.min(fulfilled, quantity)
    return {
      id,
      ...(sku !== undefined && { sku }),
      shippable,
      ordered: quantity,
      removed,
      byChannel: !shippable ? 0 : own ? quantity : units,
      handed: shippable ? handed : 0,
    }
  })
}

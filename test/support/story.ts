import type { Failure } from '../../domain/failure.ts'
import { after } from '../../domain/instant.ts'
import { type Decision, decide } from '../../domain/order/decide.ts'
import type { Fact, FactOf } from '../../domain/order/facts.ts'
import type { Policy } from '../../domain/order/policy.ts'
import { type Status, statusOf, unknownOrder } from '../../domain/order/state.ts'
import type { ReportedShipment } from '../../domain/reading.ts'
import { err, ok } from '../../domain/result.ts'
import type { Command } from '../../schemas/api/command.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import type { ExceptionCode } from '../../schemas/events/exception.ts'
import type { OrderEvent } from '../../schemas/events/order-event.ts'
import { type Intent, OrderState } from '../../schemas/stored/order-state.ts'
import { orderId, orderOf, parcelOf, shop, start, policy as usual, wms } from './orders.ts'

type Untimed = Fact extends infer F ? (F extends Fact ? Omit<F, 'at'> : never) : never

/** One order's life, told fact by fact; after each the state goes through JSON, as it does in the table. */
export function tellStory(policy: Policy = usual) {
  let state = unknownOrder(orderId)
  let clock = start
  const events: OrderEvent[] = []

  function tell(fact: Untimed): Decision {
    // `Omit` over a union keeps each member's own fields.
    const decision = decide(state, { ...fact, at: clock } as Fact, policy)
    state = OrderState.parse(JSON.parse(JSON.stringify(decision.after)))
    events.push(...decision.events)
    return decision
  }
  function outcome(intentId: string, result: 'done' | Failure, options: OutcomeOptions = {}) {
    const { during = 'make', epoch = state.intents[intentId]?.epoch ?? 0 } = options
    const lagSeconds = 'lagSeconds' in options ? options.lagSeconds : 0
    const reference = { id: `id of ${intentId}`, number: `no of ${intentId}` }
    const end = result === 'done' ? ok(reference) : err(result)
    return tell({ type: 'outcome', intentId, epoch, during, result: end, lagSeconds })
  }
  const story = {
    get state(): OrderState {
      return state
    },
    get status(): Status {
      return statusOf(state)
    },
    get now() {
      return clock
    },
    /** All events so far. */
    events,
    tell,
    captured: (order: Order = orderOf(), authority: 'body' | 'fetched' = 'body') =>
      tell({ type: 'snapshot', order, authority, receivedAt: clock }),
    claimed: (intentId: string) => tell({ type: 'claim', intentId, leaseSeconds: 15 }),
    outcome,
    /** Claimed and done. */
    did(intentId: string) {
      story.claimed(intentId)
      return outcome(intentId, 'done')
    },
    failed(intentId: string, failure: Failure, options: OutcomeOptions = {}) {
      story.claimed(intentId)
      return outcome(intentId, failure, options)
    },
    shipped: (shipment: ReportedShipment | string, units: Record<string, number> = {}) =>
      tell({
        type: 'shipped',
        connection: wms,
        shipment: typeof shipment === 'string' ? parcelOf(shipment, units) : shipment,
      }),
    held: (reason: string, since?: Instant) =>
      tell({ type: 'held', connection: wms, reason, since }),
    resumed: (since: Instant) => tell({ type: 'resumed', connection: wms, since }),
    backordered: (lines: FactOf<'backordered'>['lines'], since: Instant) =>
      tell({ type: 'backordered', connection: wms, lines, since }),
    /** Done, with what the system calls it. */
    made(intentId: string, reference: Reference, during: 'look' | 'make' = 'make') {
      const epoch = state.intents[intentId]?.epoch ?? 0
      const result = ok(reference)
      return tell({ type: 'outcome', intentId, epoch, during, result, lagSeconds: 0 })
    },
    unreadable: (code: ExceptionCode, reason = 'cannot be read', connection: ConnectionId = shop) =>
      tell({ type: 'unreadable', connection, code, reason }),
    /** Time passes, then the sweeper comes. */
    pass(seconds: number) {
      clock = after(clock, seconds)
      return tell({ type: 'deadline' })
    },
    /** Time passes unnoticed. */
    wait(seconds: number) {
      clock = after(clock, seconds)
    },
    released() {
      story.captured()
      story.did('create-order')
      story.did('release-order')
      return story
    },
    intent: (id: string): Intent['state'] | undefined => state.intents[id]?.state,
    exceptions: (): string[] => Object.keys(state.exceptions).toSorted(),
    lines: () =>
      state.lines.map((line) => [line.ordered, line.cancelled, line.released, line.shipped]),
    command: (command: Command, id = `c${events.length}`) =>
      tell({ type: 'command', id, by: 'somebody', command }),
    count: (type: OrderEvent['type']) => events.filter((event) => event.type === type).length,
  }
  return story
}

export type Story = ReturnType<typeof tellStory>

interface OutcomeOptions {
  readonly during?: 'look' | 'make'
  readonly epoch?: number
  readonly lagSeconds?: number | undefined
}

import { isParked } from '../../domain/order/claims.ts'
import { dueAt } from '../../domain/order/state.ts'
import type { OrderId } from '../../schemas/canonical/identity.ts'
import type { Connection } from '../../schemas/settings.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'

/** The ledger is swept for what is due every minute (lib/stacks/feedback-stack.ts). */
const sweepMs = 60_000

/** Turns of a schedule after which it has had its chance: on a bad day one is skipped and another one killed. */
const turns = 3

interface Noted {
  readonly head: OrderState | undefined
  /** Since when it is as it is. */
  readonly since: number
}

/** How long it is worth waiting for orders, by what Crossdock says of them: when it wakes an effect, sweeps and polls. */
export function patience(connections: readonly Connection[], now: () => number = Date.now) {
  const noted = new Map<OrderId, Noted>()
  const pollMs = ({ sweep }: Connection): number =>
    sweep ? turns * (sweep.everyMinutes * 60_000 + sweep.lagSeconds * 1000) : 0
  /** Whatever a webhook lost, the slowest of the polls has found by then. */
  const quietMs = Math.max(turns * sweepMs, ...connections.map(pollMs))
  const quietUntil = (id: OrderId): number => (noted.get(id)?.since ?? now()) + quietMs

  return {
    /** Tells it how orders are now; those that the ledger does not know, too. */
    note(ids: Iterable<OrderId>, heads: readonly OrderState[]): void {
      const byId = new Map(heads.map((head) => [head.id, head]))
      for (const id of ids) {
        const head = byId.get(id)
        const before = noted.get(id)
        const isSame = before !== undefined && before.head?.rev === head?.rev
        noted.set(id, { head, since: isSame ? before.since : now() })
      }
    },
    /** Whether something may still become of it soon: it moved lately, or Crossdock is about to wake what it waits for. */
    mayMove(id: OrderId): boolean {
      const head = noted.get(id)?.head
      const wakes = head ? wakesOf(head).map((at) => Date.parse(at) + turns * sweepMs) : []
      return now() < Math.max(quietUntil(id), ...wakes)
    },
    /** Whether Crossdock has let its own time pass: no sweep will ever find the order, or one should have by now. */
    isLate(id: OrderId): boolean {
      const head = noted.get(id)?.head
      const due = head?.seen && dueAt(head)
      const isDue = due === undefined || now() >= Date.parse(due) + turns * sweepMs
      return isDue && now() >= quietUntil(id)
    },
  }
}

/** When effects and waiting for stock are tried again. Deadlines of stages are none of these: nothing but an exception comes of them. */
const wakesOf = (state: OrderState): readonly string[] =>
  [
    ...Object.values(state.intents).map((one) => (isParked(state, one) ? undefined : one.wakeAt)),
    state.stock?.wakeAt,
    state.route ? undefined : state.routeAt,
  ].flatMap((at) => at ?? [])

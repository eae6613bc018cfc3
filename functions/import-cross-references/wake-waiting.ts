import { keyOf } from '../../domain/cross-references/naming.ts'
import { retryFor } from '../../domain/effects/codes.ts'
import { orderAggregate } from '../../domain/order/aggregate.ts'
import type { RecordFactDeps } from '../../domain/order/record-fact.ts'
import type { Clock, CrossReferenceStore, Waiting } from '../../domain/ports.ts'
import type { Thing } from '../../schemas/stored/cross-reference.ts'

interface WakeDeps extends RecordFactDeps {
  readonly store: CrossReferenceStore
  readonly clock: Clock
}

/** Concurrent orders. */
const width = 20

/** Wakes every effect that waits for one of these names. Resolves with the number of orders. */
export async function wakeWaiting(named: readonly Thing[], deps: WakeDeps): Promise<number> {
  const { store } = deps
  const keys = new Set(named.map(keyOf))
  const connections = [...new Set(named.map(({ connection }) => connection))]
  const all = await Promise.all(connections.map((connection) => store.waiting(connection)))
  const waiting = all.flat().filter((one) => keys.has(keyOf(one)))
  const effects = [
    ...new Map(waiting.map((one) => [`${one.orderId}#${one.intentId}`, one])).values(),
  ]
  for (let at = 0; at < effects.length; at += width) {
    await Promise.all(effects.slice(at, at + width).map((one) => wake(one, deps)))
  }
  await store.release(waiting)
  return new Set(waiting.map(({ orderId }) => orderId)).size
}

const wake = (one: Waiting, deps: WakeDeps): Promise<void> => {
  const news = { at: deps.clock().toISOString(), news: keyOf(one) }
  return retryFor(one, news, orderAggregate(deps))
}

import { guardOf } from '../../domain/effects/guard.ts'
import { type PerformDeps, perform } from '../../domain/effects/perform.ts'
import type { Failure } from '../../domain/failure.ts'
import { orderAggregate } from '../../domain/order/aggregate.ts'
import { orderIdOf } from '../../domain/order/order-id.ts'
import { recordFact } from '../../domain/order/record-fact.ts'
import { err } from '../../domain/result.ts'
import type { OrderId } from '../../schemas/canonical/identity.ts'
import { EffectHint } from '../../schemas/messages/effect-hint.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { fakeSystem, request } from './fake-system.ts'
import { MemoryCircuitBreakers } from './memory-circuit-breakers.ts'
import { MemoryCrossReferences } from './memory-cross-references.ts'
import { MemoryLedger } from './memory-ledger.ts'
import { erp, orderOf, policy, shop, start } from './orders.ts'

interface Message {
  readonly body: string
  readonly from: number
}

/** A request that came to the system. */
interface Request {
  /** Seconds since the start. */
  readonly at: number
  /** How many are under way, this one included. */
  readonly underWay: number
  readonly failed: boolean
}

interface Options {
  readonly workers: number
  /** What the system answers at that many seconds since the start; `undefined` when it is well. */
  readonly trouble: (second: number, orderId: OrderId) => Failure | undefined
  /** Of so many deliveries one comes once more. @default none does */
  readonly copiesOneIn?: number
}

/** Seconds that each request takes. */
const requestSeconds = 1

/**
 * Many orders, one lane, some workers, and a clock that jumps to whatever comes next: hours pass in no time. Workers that
 * throw are not forgiven: nothing here may cost a message one of its receives.
 */
export function busyLane({ workers, trouble, copiesOneIn = Number.POSITIVE_INFINITY }: Options) {
  let time = Date.parse(start)
  const second = () => (time - Date.parse(start)) / 1000
  const clock = () => new Date(time)
  const ledger = new MemoryLedger()
  const breakers = new MemoryCircuitBreakers()
  const queue: Message[] = []
  const timers: { readonly at: number; readonly go: () => void }[] = []
  const orders: OrderId[] = []
  const requests: Request[] = []
  /** When messages were received. */
  const receipts: number[] = []
  let underWay = 0

  const system = fakeSystem({ safety: { by: 'key' }, now: clock })
  const make = system.system.effects['create-order']?.make
  if (!make) throw new Error('the fake system makes orders')
  const slow: typeof make = async (account, subject) => {
    underWay += 1
    const failure = trouble(second(), subject.order.id)
    requests.push({ at: second(), underWay, failed: failure !== undefined })
    await new Promise<void>((go) => timers.push({ at: time + requestSeconds * 1000, go }))
    underWay -= 1
    if (!failure) return make(account, subject)
    await account.send(request)
    return err(failure)
  }
  const effect = { safety: { by: 'key' }, find: 'in-doubt', make: slow } as const
  // A small linear congruence: the same walk each time.
  let seed = 1
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }
  const recording = { ledger, policy, jitter: async () => {} }
  const deps: PerformDeps = {
    aggregate: orderAggregate(recording),
    crossReferences: new MemoryCrossReferences(),
    namesRequired: {},
    system: { ...system.system, effects: { 'create-order': effect } },
    account: system.account,
    gate: guardOf({
      breakers,
      account: system.account,
      limit: workers,
      leaseSeconds: 15,
      clock,
      random,
      jitter: async () => {},
    }),
    again: async (body, seconds) => {
      queue.push({ body, from: time + seconds * 1000 })
    },
    clock,
    leaseSeconds: 15,
  }

  let busy = 0
  let broken: unknown
  function receive(message: Message): void {
    queue.splice(queue.indexOf(message), 1)
    receipts.push(second())
    if (receipts.length % copiesOneIn === 0) queue.push({ ...message, from: time + 10_000 })
    busy += 1
    void perform(EffectHint.parse(JSON.parse(message.body)), deps)
      .catch((error: unknown) => {
        broken = error
      })
      .finally(() => {
        busy -= 1
      })
  }
  /** Everything that can happen without time passing. */
  async function settle(): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve))
      if (broken) throw broken
      const due = busy < workers && queue.find(({ from }) => from <= time)
      if (!due) return
      receive(due)
    }
  }
  const next = () =>
    Math.min(
      ...timers.map(({ at }) => at),
      ...(busy < workers ? queue.map(({ from }) => from) : []),
    )

  return {
    breakers,
    requests,
    receipts,
    made: () => system.made.length,
    queue,
    /** An order is captured and asked of the system. */
    async order(): Promise<void> {
      const id = orderIdOf(shop, `busy-${orders.length + 1}`)
      const at = clock().toISOString()
      const order = orderOf({ id })
      const fact = { type: 'snapshot', order, authority: 'body', receivedAt: at, at } as const
      await recordFact({ id }, fact, recording)
      orders.push(id)
      const body = { orderId: id, intentId: 'create-order', connection: erp }
      queue.push({ body: JSON.stringify(body), from: time })
    },
    /** Lets the clock run until so many seconds since the start. */
    async until(end: number): Promise<void> {
      for (;;) {
        await settle()
        const at = next()
        if (at > Date.parse(start) + end * 1000) break
        time = Math.max(time, at)
        for (const timer of timers.filter((each) => each.at <= time)) {
          timers.splice(timers.indexOf(timer), 1)
          timer.go()
        }
      }
      time = Date.parse(start) + end * 1000
    },
    async states(): Promise<readonly OrderState[]> {
      const states = await Promise.all(orders.map((id) => ledger.load(id)))
      return states.flatMap((state) => state ?? [])
    },
  }
}

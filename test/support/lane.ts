import type { Subject } from '../../domain/effects/effect.ts'
import { type PerformDeps, perform } from '../../domain/effects/perform.ts'
import type { Performed } from '../../domain/effects/performed.ts'
import { orderAggregate } from '../../domain/order/aggregate.ts'
import { type RecordFactDeps, recordFact } from '../../domain/order/record-fact.ts'
import { dueAt } from '../../domain/order/state.ts'
import type { Ledger } from '../../domain/ports.ts'
import type { OrderEvent } from '../../schemas/events/order-event.ts'
import { EffectHint } from '../../schemas/messages/effect-hint.ts'
import type { NamesRequired } from '../../schemas/settings.ts'
import { type FakeSystem, fakeSystem } from './fake-system.ts'
import { MemoryCrossReferences } from './memory-cross-references.ts'
import { memoryGate } from './memory-guard.ts'
import { MemoryLedger } from './memory-ledger.ts'
import { orderId, orderOf, policy, start } from './orders.ts'

/** A worker that the test stops in mid-air. */
export class Crash extends Error {}

interface Hint {
  readonly body: string
  /** Epoch milliseconds from which it is seen. */
  readonly from: number
}

interface Options extends Omit<Parameters<typeof fakeSystem>[0], 'now'> {
  /** @default nothing: every code is its own name */
  readonly namesRequired?: NamesRequired
}

/**
 * One captured order, one lane, one system, and a clock that jumps to whatever comes next: a message, or the sweeper.
 * A worker that throws gets its message again after the visibility timeout.
 */
export async function openLane(options: Options) {
  const ledger = new MemoryLedger()
  const queue: Hint[] = []
  let time = Date.parse(start)
  const clock = () => new Date(time)
  const system: FakeSystem = fakeSystem({ ...options, now: clock })
  /** Called before and after every wait for the outside; a throw is a crash at that place. */
  const gate = { pass: async (_place: string): Promise<void> => {} }

  async function guarded<T>(place: string, work: () => Promise<T>): Promise<T> {
    await gate.pass(`before ${place}`)
    const done = await work()
    await gate.pass(`after ${place}`)
    return done
  }
  const breaker = memoryGate(system.account, clock)
  const crossReferences = new MemoryCrossReferences()
  const recording: RecordFactDeps & { ledger: Ledger } = {
    ledger: {
      load: (id) => guarded('load', () => ledger.load(id)),
      commit: (commit) => guarded('commit', () => ledger.commit(commit)),
      open: (id) => guarded('open', () => ledger.open(id)),
    },
    policy,
    jitter: async () => {},
  }
  const deps: PerformDeps = {
    aggregate: orderAggregate(recording),
    system: system.system,
    account: system.account,
    gate: breaker.gate,
    again: (body, seconds) =>
      guarded('again', async () => {
        queue.push({ body, from: time + seconds * 1000 })
      }),
    clock,
    crossReferences: {
      find: (things) => guarded('find names', () => crossReferences.find(things)),
      wait: (waiting) => guarded('wait for names', () => crossReferences.wait(waiting)),
    },
    namesRequired: options.namesRequired ?? {},
    leaseSeconds: 15,
  }
  system.before = (what) => gate.pass(`before ${what}`)

  const quietly = { ledger, policy, jitter: async () => {} }
  const publish = (events: readonly OrderEvent[]) => {
    for (const event of events) {
      if (event.type !== 'effect.requested') continue
      const { intentId, connection } = event
      queue.push({ body: JSON.stringify({ orderId, intentId, connection }), from: time })
    }
  }
  const capture = {
    type: 'snapshot',
    order: orderOf(),
    authority: 'body',
    receivedAt: start,
  } as const
  publish((await recordFact({ id: orderId }, { ...capture, at: start }, quietly)).events)

  const lane = {
    system,
    ledger,
    crossReferences,
    breakers: breaker.breakers,
    queue,
    gate,
    recording,
    deps,
    /** The same with a ledger that behaves otherwise in part. */
    depsWith: (other: Partial<Ledger>): PerformDeps => ({
      ...deps,
      aggregate: orderAggregate({ ...recording, ledger: { ...recording.ledger, ...other } }),
    }),
    pass: (seconds: number) => {
      time += seconds * 1000
    },
    state: async () => {
      const state = await ledger.load(orderId)
      if (!state) throw new Error('the order is not there')
      return state
    },
    subject: async (): Promise<Subject> => {
      const { order } = await ledger.open(orderId)
      if (!order) throw new Error('the order has no document')
      return { order, lines: [], references: {} }
    },
    intent: async () => (await lane.state()).intents['create-order'],
    /** Works one message, as SQS would have it worked: not before its time, again if the worker throws. */
    async work(): Promise<Performed | undefined> {
      const [hint] = queue.toSorted((a, b) => a.from - b.from)
      if (!hint) return undefined
      queue.splice(queue.indexOf(hint), 1)
      time = Math.max(time, hint.from)
      try {
        return await perform(EffectHint.parse(JSON.parse(hint.body)), deps)
      } catch (error) {
        if (!(error instanceof Crash)) throw error
        queue.push({ body: hint.body, from: time + 60_000 })
        return { did: 'crashed' }
      }
    },
    async sweep(): Promise<void> {
      const due = dueAt(await lane.state())
      if (due !== undefined) time = Math.max(time, Date.parse(due) + 1000)
      publish(
        (
          await recordFact(
            { id: orderId },
            { type: 'deadline', at: clock().toISOString() },
            quietly,
          )
        ).events,
      )
    },
    /** Until the intent is over, or this many messages were worked. */
    async run(limit = 60): Promise<void> {
      for (let i = 0; i < limit; i++) {
        if (queue.length > 0) await lane.work()
        else if (dueAt(await lane.state()) !== undefined) await lane.sweep()
        else return
        const state = (await lane.intent())?.state
        if (state === 'done' || state === 'withdrawn') return
      }
    },
  }
  return lane
}

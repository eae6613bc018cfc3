import { effectsOf } from '../../connectors/contract.ts'
import { capabilitiesFor } from '../../connectors/generic-webhook/effects.ts'
import { genericWebhook } from '../../connectors/generic-webhook/index.ts'
import { guardOf } from '../../domain/effects/guard.ts'
import { type PerformDeps, perform } from '../../domain/effects/perform.ts'
import { orderAggregate } from '../../domain/order/aggregate.ts'
import type { Fact } from '../../domain/order/facts.ts'
import type { Policy } from '../../domain/order/policy.ts'
import { recordFact } from '../../domain/order/record-fact.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { EffectName } from '../../schemas/events/order-event.ts'
import { EffectHint } from '../../schemas/messages/effect-hint.ts'
import type { Documents } from '../../twins/kit/twin.ts'
import { partner, partnerAccount, readingsIn } from './generic-webhook.ts'
import { openLane } from './lane.ts'
import { MemoryCircuitBreakers } from './memory-circuit-breakers.ts'
import { MemoryLedger } from './memory-ledger.ts'
import { orderId, orderOf, policy as usual, wms } from './orders.ts'

type Untimed<F> = F extends Fact ? Omit<F, 'at'> : never

/** One order, the ledger, and an ERP by webhook: everything from the fact to the request, with a clock that jumps. */
export async function webhookLane(extra: object = {}, documents?: Documents) {
  const system = partnerAccount({ capabilities: ['accounting'], ...extra }, documents)
  const { world, account, settings } = system
  const effects = effectsOf(capabilitiesFor(settings))
  const known: ReadonlySet<EffectName> = new Set(Object.keys(effects) as EffectName[])
  const policy: Policy = {
    ...usual,
    route: () => ({ erp: partner, wms }),
    can: (connection, effect) =>
      connection === partner ? known.has(effect) : usual.can(connection, effect),
  }
  const ledger = new MemoryLedger()
  const queue: { readonly body: string; readonly from: number }[] = []
  const learning = { ledger, policy, jitter: async () => {} }
  const clock = () => world.clock
  const breakers = new MemoryCircuitBreakers()
  // Whatever else a worker needs is as in the lane of the fake system.
  const { deps: usualDeps } = await openLane({ safety: { by: 'key' } })
  const deps: PerformDeps = {
    ...usualDeps,
    aggregate: orderAggregate(learning),
    gate: guardOf({
      breakers,
      account,
      limit: 2,
      leaseSeconds: 15,
      clock,
      random: () => 0,
      jitter: async () => {},
    }),
    system: { title: genericWebhook.title, effects },
    account,
    again: async (body, seconds) => {
      queue.push({ body, from: world.clock.getTime() + seconds * 1000 })
    },
    clock,
    leaseSeconds: 15,
  }
  let heard = 0
  let published = 0

  /** What the ledger's stream would bring onto the lane. */
  const publish = (): void => {
    const events = ledger.commits.slice(published).flatMap((commit) => commit.events)
    published = ledger.commits.length
    for (const event of events) {
      if (event.type !== 'effect.requested' || event.connection !== partner) continue
      const { intentId, connection } = event
      const body = JSON.stringify({ orderId, intentId, connection })
      queue.push({ body, from: world.clock.getTime() })
    }
  }

  const lane = {
    ...system,
    queue,
    breakers,
    async tell(fact: Untimed<Fact>): Promise<void> {
      const timed = { ...fact, at: world.clock.toISOString() } as Fact
      await recordFact({ id: orderId }, timed, learning)
      publish()
    },
    capture: (order: Partial<Order> = {}) =>
      lane.tell({
        type: 'snapshot',
        order: orderOf(order),
        authority: 'body',
        receivedAt: world.clock.toISOString(),
      }),
    /** What the system reported since the last time comes to the ledger. */
    async hear(): Promise<void> {
      const readings = readingsIn(world)
      for (const reading of readings.slice(heard)) {
        if (reading.type !== 'answered') continue
        const { orderId: _, type, ...told } = reading
        await lane.tell({ type: type, connection: partner, ...told })
      }
      heard = readings.length
    },
    /** Works the message that comes next, when its time has come. */
    async work(): Promise<boolean> {
      const [next] = queue.toSorted((a, b) => a.from - b.from)
      if (!next) return false
      queue.splice(queue.indexOf(next), 1)
      if (next.from > world.clock.getTime()) world.clock = new Date(next.from)
      await perform(EffectHint.parse(JSON.parse(next.body)), deps)
      publish()
      return true
    },
    async run(limit = 40): Promise<void> {
      for (let i = 0; i < limit; i++) if (!(await lane.work())) return
    },
    async state() {
      const state = await ledger.load(orderId)
      if (!state) throw new Error('the order is not there')
      return state
    },
    writes: () => account.calls.filter(({ kind }) => kind === 'write').length,
    orders: () => system.twin.state()['orders'] ?? [],
  }
  return lane
}

import { type Connector, capabilitiesOf, effectsOf } from '../../connectors/contract.ts'
import type { Account, Call, Reply } from '../../domain/account.ts'
import { perform } from '../../domain/effects/perform.ts'
import { doubt, type Failure } from '../../domain/failure.ts'
import { orderAggregate } from '../../domain/order/aggregate.ts'
import { claimableFrom } from '../../domain/order/claims.ts'
import type { Fact } from '../../domain/order/facts.ts'
import { recordFact } from '../../domain/order/record-fact.ts'
import { err, type Result } from '../../domain/result.ts'
import type { ConnectionId, OrderId } from '../../schemas/canonical/identity.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import type { MakeTwin } from '../../twins/kit/twin.ts'
import { twinAccount } from './account.ts'
import { MemoryCrossReferences } from './memory-cross-references.ts'
import { MemoryLedger } from './memory-ledger.ts'
import { erp, policy, wms } from './orders.ts'
import { memoryWorld } from './twin-world.ts'

/** What becomes of one write: done without an answer, never done, done after its caller gave up, or turned away for now. */
const losses = ['answer lost', 'request lost', 'request late', 'throttled'] as const
export type Loss = (typeof losses)[number]

/** What happens to the order after it was captured. */
export const plots = ['amended and shipped', 'cancelled'] as const
export type Plot = (typeof plots)[number]

export interface Played {
  /** Documents at the twin when everything has come to its end. */
  readonly documents: Readonly<Record<string, readonly unknown[]>>
  /** Exceptions that stand on the order, by their keys. */
  readonly exceptions: readonly string[]
  /** Everything that was asked of the system in order to change it, oldest first. */
  readonly writes: readonly Call[]
}

export interface Stage {
  readonly connector: Connector
  readonly capability: 'orders' | 'accounting' | 'fulfilment'
  readonly connection: ConnectionId
  readonly settings: unknown
  readonly makeTwin: MakeTwin
  /** The order, or for a channel its body as the vendor sends it. */
  readonly order: Order | { readonly wire: string }
}

/** How long a request may still be carried out after its caller gave up, where the twin does not say. */
const usualLateness = 15

/** Whatever is not over then waits for a person. */
const patienceMs = 4 * 3_600_000

/**
 * One order at one system, through the engine that performs effects, in virtual time. Other systems on its way do at once what is asked of
 * them. `lost` is the write, counted from 0, whose answer does not come.
 */
export async function play(
  { connector, capability, connection, settings, makeTwin, order: given }: Stage,
  plot: Plot,
  lost?: { readonly write: number; readonly how: Loss },
  startsAt = '2026-11-21T10:00:00.000Z',
): Promise<Played> {
  const world = memoryWorld(settings)
  world.clock = new Date(startsAt)
  let end = world.clock.getTime() + patienceMs
  const clock = () => world.clock
  const now = () => world.clock.toISOString()
  const twin = makeTwin(world)
  const direct = twinAccount({ connector, connection, settings, twin, now: clock })
  const writes: Call[] = []
  const late: { readonly call: Call; readonly at: number }[] = []

  async function send(call: Call): Promise<Result<Reply, Failure>> {
    if (call.kind === 'read') return direct.send(call)
    writes.push(call)
    if (writes.length - 1 !== lost?.write) return direct.send(call)
    if (lost.how === 'throttled') direct.misbehave('throttle')
    if (lost.how === 'throttled') return direct.send(call)
    if (lost.how === 'answer lost') await direct.send(call)
    if (lost.how === 'request late') {
      const seconds = twin.lateSeconds ?? usualLateness
      late.push({ call, at: world.clock.getTime() + seconds * 1000 })
    }
    return err(doubt('no answer came'))
  }
  const account: Account = { ...direct, send }

  const effects = effectsOf(capabilitiesOf(connector, direct.settings))
  const ledger = new MemoryLedger()
  const deps = {
    ledger,
    policy: {
      ...policy,
      route: () => ({
        erp: capability === 'accounting' ? connection : erp,
        wms: capability === 'fulfilment' ? connection : wms,
      }),
      holdsUnpaid: () => false,
      can: (asked: ConnectionId, effect: string) => asked !== connection || effect in effects,
    },
    jitter: async () => {},
  }
  const order = 'wire' in given ? await sold(given.wire) : given
  const { id } = order

  async function sold(wire: string): Promise<Order> {
    await twin.takeOrder?.(wire, false)
    const fetched = await connector.orders?.fetchOrder?.(
      direct,
      connector.orders.nameOf?.(wire) ?? '',
    )
    if (!fetched?.ok || !fetched.value) throw new Error('the twin does not have the order')
    return fetched.value
  }

  await tell({ type: 'snapshot', order, authority: 'fetched', receivedAt: now(), at: now() })
  await live()
  await next(plot)
  await live()
  // What is still on its way arrives when everything is done, too.
  for (const { call } of late) await direct.send(call)
  world.clock = new Date(world.clock.getTime() + 25 * 3_600_000)
  end = world.clock.getTime() + patienceMs
  await tell({ type: 'deadline', at: now() })
  await run()
  const state = await stateOf(ledger, id)
  return { documents: twin.state(), exceptions: Object.keys(state.exceptions), writes }

  async function tell(fact: Fact): Promise<void> {
    await recordFact({ id }, fact, deps)
  }

  async function next(what: Plot): Promise<void> {
    world.clock = new Date(world.clock.getTime() + 1000)
    const { shipTo } = order.people
    const later = { version: now() }
    if (what === 'cancelled') {
      const by = { id: 'c1', by: 'a-person', at: now() }
      await tell({
        type: 'command',
        ...by,
        command: { do: 'cancel', reason: 'changed their mind' },
      })
      return
    }
    if (capability !== 'orders' && shipTo) {
      const moved = {
        ...order,
        ...later,
        people: { ...order.people, shipTo: { ...shipTo, address1: 'Moved 1' } },
      }
      await tell({
        type: 'snapshot',
        order: moved,
        authority: 'fetched',
        receivedAt: now(),
        at: now(),
      })
      await run()
    }
    if (capability === 'fulfilment') return
    const lines = order.lines.flatMap(({ sku, shippable, quantity, removed }) =>
      sku !== undefined && shippable && quantity > removed
        ? [{ sku, quantity: quantity - removed }]
        : [],
    )
    const shipment = {
      id: '9001',
      lines,
      trackingNumber: '1Z9999W99999999999',
      shippedAt: now(),
      warehouseOrder: 'W1',
    }
    if (lines.length > 0) await tell({ type: 'shipped', connection: wms, shipment, at: now() })
  }

  /** Everything is done that can be, the vendor does its part, and a channel says what it has then. */
  async function live(): Promise<void> {
    await run()
    if (!('wire' in given)) return
    for (const _ of [1, 2]) {
      world.clock = new Date(world.clock.getTime() + 300_000)
      await twin.tick?.()
      const again = await connector.orders?.fetchOrder?.(direct, order.channelOrderId)
      if (!again?.ok || !again.value) throw new Error('the twin lost the order')
      const known = { authority: 'fetched', receivedAt: now(), at: now() } as const
      await tell({ type: 'snapshot', order: again.value, ...known })
      await run()
    }
  }

  /** Until nothing is left to do, or waits for a person. */
  async function run(): Promise<void> {
    for (;;) {
      const state = await stateOf(ledger, id)
      const open = Object.entries(state.intents).flatMap(([intentId, intent]) => {
        const from = claimableFrom(state, intentId)
        return from === undefined
          ? []
          : [{ intentId, connection: intent.connection, from: from || now() }]
      })
      const [first] = open.toSorted((a, b) => a.from.localeCompare(b.from))
      const arriving = late[0]
      if (arriving && (!first || arriving.at <= Date.parse(first.from))) {
        late.shift()
        world.clock = new Date(Math.max(world.clock.getTime(), arriving.at))
        await direct.send(arriving.call)
        continue
      }
      if (!first || Date.parse(first.from) > end) return
      world.clock = new Date(Math.max(world.clock.getTime(), Date.parse(first.from)))
      // A warehouse left to itself would ship meanwhile, in one play earlier than in the other.
      if (capability !== 'fulfilment') await twin.tick?.()
      if (first.connection === connection) await work(first.intentId)
      else await answer(first.intentId, first.connection)
      // What was turned away comes back later, as its hint would.
      if ((await stateOf(ledger, id)).rev !== state.rev) continue
      world.clock = new Date(world.clock.getTime() + 60_000)
      if (world.clock.getTime() > end) return
    }
  }

  async function answer(intentId: string, by: ConnectionId): Promise<void> {
    await tell({
      type: 'answered',
      connection: by,
      intentId,
      answer: { type: 'done', reference: { id: 'W1' } },
      at: now(),
    })
  }

  async function work(intentId: string): Promise<void> {
    await perform(
      { orderId: id, intentId, connection },
      {
        aggregate: orderAggregate(deps),
        system: { title: connector.title, effects },
        account,
        gate: {
          enter: async () => ({
            passes: true,
            account,
            cancel: async () => {},
            leave: async (result) => result,
          }),
        },
        crossReferences: new MemoryCrossReferences(),
        namesRequired: {},
        again: async () => {},
        clock,
        leaseSeconds: 35,
      },
    )
  }
}

async function stateOf(ledger: MemoryLedger, id: OrderId): Promise<OrderState> {
  const state = await ledger.load(id)
  if (!state) throw new Error(`${id} is not in the ledger`)
  return state
}

/** Where two values differ, as paths. */
function differences(one: unknown, other: unknown, path = ''): string[] {
  if (typeof one !== 'object' || one === null || typeof other !== 'object' || other === null) {
    return one === other ? [] : [`${path}: ${JSON.stringify(one)} and ${JSON.stringify(other)}`]
  }
  const keys = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...keys].flatMap((key) =>
    differences(Object(one)[key], Object(other)[key], `${path}/${key}`),
  )
}

const pathIn = (difference: string): string => difference.split(': ')[0] ?? ''

/**
 * Every way to lose one write after which the system does not end with what it would have had: each in words. Of a system that
 * cannot be asked it is only expected that nothing is there twice and that a person is told.
 */
export async function wrongAfterLosses(stage: Stage, plot: Plot): Promise<string[]> {
  const smooth = await play(stage, plot)
  const shifted = await play(stage, plot, undefined, '2026-11-22T11:01:01.000Z')
  // A moment differs in any two plays.
  const moments = new Set(differences(smooth.documents, shifted.documents).map(pathIn))
  const wrong: string[] = []
  for (const write of smooth.writes.keys()) {
    for (const how of losses) {
      const said = `write ${write + 1} of ${smooth.writes.length}, ${how}`
      const played = await play(stage, plot, { write, how })
      const isDoubted = played.exceptions.some((key) => key.startsWith('in-doubt'))
      const found = differences(smooth.documents, played.documents)
        .filter((difference) => !moments.has(pathIn(difference)))
        .filter(() => !isDoubted || isMore(played, smooth))
      const standing = played.exceptions.join() || 'none'
      if (found.length > 0) wrong.push(`${said}: ${found.join('; ')}. Exceptions: ${standing}`)
    }
  }
  return wrong
}

const isMore = ({ documents }: Played, than: Played): boolean =>
  Object.entries(documents).some(([kind, all]) => all.length > (than.documents[kind]?.length ?? 0))

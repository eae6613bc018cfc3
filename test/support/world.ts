import { perform } from '../../domain/effects/perform.ts'
import { orderAggregate } from '../../domain/order/aggregate.ts'
import { type RecordFactDeps, recordFact } from '../../domain/order/record-fact.ts'
import { dueAt } from '../../domain/order/state.ts'
import type { ReportedShipment } from '../../domain/reading.ts'
import type { Command } from '../../schemas/api/command.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { EffectName } from '../../schemas/events/order-event.ts'
import { EffectHint } from '../../schemas/messages/effect-hint.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { MemoryCrossReferences } from './memory-cross-references.ts'
import { MemoryLedger } from './memory-ledger.ts'
import { able, lineOf, orderId, orderOf, start, wms } from './orders.ts'
import { type Luck, left, ThreeSystems } from './three-systems.ts'

export const happenings = [
  'deliver',
  'work',
  'ship',
  'report',
  'sweep',
  'remove',
  'move',
  'add',
  'cancel',
  'luck',
  'command',
] as const

/** One thing that happens; `n` says which of several. */
export interface Happening {
  readonly what: (typeof happenings)[number]
  readonly n: number
}

type Untimed = Parameters<typeof recordFact>[1] extends infer F
  ? F extends { readonly at: string }
    ? Omit<F, 'at'>
    : never
  : never

/**
 * The world around one order of three mugs and a plate: a ledger, a channel, an ERP and a warehouse, messages under way,
 * and a clock that moves a second with each thing that happens.
 */
export function openWorld(effects: readonly EffectName[]) {
  const ledger = new MemoryLedger()
  const learning: RecordFactDeps = { ledger, policy: able(...effects), jitter: async () => {} }
  let time = Date.parse(start)
  const clock = () => new Date(time)
  const now = () => clock().toISOString()

  const snapshots: Order[] = []
  const parcels: ReportedShipment[] = []
  const hints: EffectHint[] = []
  const mugs = lineOf({ quantity: 3, discount: 100, tax: 248 })
  const plate = lineOf({ id: '2', sku: 'PLATE', quantity: 1, unitPrice: 500, tax: 100 })
  const whole = orderOf({ lines: [mugs, plate], total: 3000 - 100 + 248 + 500 + 100 + 300 })
  const systems: ThreeSystems = new ThreeSystems(whole, clock, () => snapshots.push(systems.order))
  snapshots.push(systems.order)

  let published = 0
  function publish(): void {
    const commits = ledger.commits.slice(published)
    published = ledger.commits.length
    for (const event of commits.flatMap(({ events }) => events)) {
      if (event.type !== 'effect.requested') continue
      hints.push({ orderId, intentId: event.intentId, connection: event.connection })
    }
  }

  async function tell(fact: Untimed): Promise<void> {
    // `Omit` over a union keeps each member's own fields.
    await recordFact(
      { id: orderId },
      { ...fact, at: now() } as Parameters<typeof recordFact>[1],
      learning,
    )
    publish()
  }

  async function deliver(order: Order | undefined): Promise<void> {
    if (order) await tell({ type: 'snapshot', order, authority: 'body', receivedAt: now() })
  }

  async function report(shipment: ReportedShipment | undefined): Promise<void> {
    if (shipment) await tell({ type: 'shipped', connection: wms, shipment })
  }

  let commanded = 0
  function command(given: Command): Promise<void> {
    commanded += 1
    return tell({ type: 'command', id: `c${commanded}`, by: 'somebody', command: given })
  }

  async function work(at: number): Promise<void> {
    const [hint] = hints.splice(at, 1)
    if (!hint) return
    const account = systems.account(hint.connection)
    const passage = { passes: true, account, cancel: async () => {} } as const
    await perform(hint, {
      aggregate: orderAggregate(learning),
      system: systems.system(effects),
      account,
      gate: { enter: async () => ({ ...passage, leave: async (result) => result }) },
      crossReferences: new MemoryCrossReferences(),
      namesRequired: {},
      again: async (body) => {
        hints.push(EffectHint.parse(JSON.parse(body)))
      },
      clock,
      leaseSeconds: 15,
    })
    publish()
  }

  /** Some units leave in one parcel. */
  function ship(n: number): void {
    const order = systems.open
    if (!order) return
    const skus = new Map(systems.order.lines.map(({ id, sku = '' }) => [id, sku]))
    const lines = [...left(order)].map(([line, open]) => {
      const quantity = Math.min(open, 1 + (n % 2))
      order.sent.set(line, (order.sent.get(line) ?? 0) + quantity)
      return { sku: skus.get(line) ?? '', quantity }
    })
    if (lines.length === 0) return
    const id = `P${parcels.length + 1}`
    parcels.push({ id, lines, shippedAt: now(), warehouseOrder: order.id })
  }

  function add(): void {
    const { lines } = systems.order
    if (lines.some(({ id }) => id === '3')) return
    const bowl = lineOf({ id: '3', sku: 'BOWL', quantity: 1 })
    systems.change({ lines: [...lines, bowl], total: systems.order.total + bowl.unitPrice })
  }

  function move(n: number): void {
    const { shipTo } = systems.order.people
    if (shipTo) systems.change({ people: { shipTo: { ...shipTo, address1: `Street ${n}` } } })
  }

  const lucks: readonly Luck[] = ['answer-lost', 'request-lost', 'well']
  const commands: readonly Command[] = [
    { do: 'cancel', reason: 'sorry', lines: [{ id: '1', quantity: 1 }] },
    { do: 'hold', reason: 'wait' },
    { do: 'resume', reason: 'go on' },
    { do: 'cancel', reason: 'sorry' },
  ]
  const pick = <T>(from: readonly T[], n: number): T | undefined =>
    from[n % Math.max(1, from.length)]

  const steps: Readonly<Record<Happening['what'], (n: number) => Promise<void> | void>> = {
    deliver: (n) => deliver(pick(snapshots, n)),
    work: (n) => work(n % Math.max(1, hints.length)),
    ship,
    report: (n) => report(pick(parcels, n)),
    sweep: (n) => {
      time += n * 30_000
      return tell({ type: 'deadline' })
    },
    remove: (n) => systems.remove(new Map([[n % 3 === 0 ? '2' : '1', 1]])),
    move,
    add,
    cancel: () => systems.cancel(),
    luck: (n) => void systems.luck.push(pick(lucks, n) ?? 'well'),
    command: (n) => command(pick(commands, n) ?? { do: 'retry' }),
  }

  return {
    systems,
    ledger,
    parcels,
    async state(): Promise<OrderState> {
      const state = await ledger.load(orderId)
      if (!state) throw new Error('the order is not there')
      return state
    },
    async happen({ what, n }: Happening): Promise<void> {
      time += 1000
      await steps[what](n)
    },
    /** Everything that is under way arrives, what waits is asked for again, and the warehouse sends what it has. */
    async calm(): Promise<void> {
      systems.luck.length = 0
      await command({ do: 'resume', reason: 'all is calm' })
      for (let round = 0; round < 80; round++) {
        const before = published + snapshots.length + parcels.length
        for (const order of [...snapshots]) await deliver(order)
        for (const parcel of [...parcels]) await report(parcel)
        for (let n = hints.length; n > 0; n--) await work(0)
        const quiet = before === published + snapshots.length + parcels.length
        const due = dueAt(await this.state())
        if (quiet && hints.length === 0) {
          if (systems.busy) ship(1)
          else if (due === undefined) return
        }
        time = Math.max(time + 60_000, due === undefined ? 0 : Date.parse(due) + 1000)
        await tell({ type: 'deadline' })
      }
    },
  }
}

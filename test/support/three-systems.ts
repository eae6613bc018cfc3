import { orderParts } from '../../connectors/kit/order-parts.ts'
import type { Account } from '../../domain/account.ts'
import type { Effect, Subject } from '../../domain/effects/effect.ts'
import type { PerformDeps } from '../../domain/effects/perform.ts'
import { doubt, except, type Failure, ignore } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Order, OrderLine } from '../../schemas/canonical/order.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import type { EffectName } from '../../schemas/events/order-event.ts'

/** What becomes of the next request that makes something: done, done without an answer, or neither. */
export type Luck = 'well' | 'answer-lost' | 'request-lost'

type Units = Map<string, number>

export interface ErpOrder {
  units: Units
  /** As connectors add it up; absent when they refuse to. */
  total: number | undefined
  cancelled: boolean
  readonly parcels: string[]
}

export interface WarehouseOrder {
  readonly id: string
  units: Units
  /** The street it goes to. */
  to: string | undefined
  readonly sent: Units
  cancelled: boolean
}

/** A channel, an ERP and a warehouse that keep one order each, and lose answers when they are told to. */
export class ThreeSystems {
  readonly erp: ErpOrder[] = []
  readonly warehouse: WarehouseOrder[] = []
  /** Parcels that the channel was told of, each time it was. */
  readonly told: string[] = []
  /** The channel's order now; every change is a version. */
  order: Order
  readonly luck: Luck[] = []
  readonly #now: () => Date
  readonly #changed: () => void

  constructor(order: Order, now: () => Date, changed: () => void) {
    this.order = order
    this.#now = now
    this.#changed = changed
  }

  /** The channel's order becomes another version. */
  change(to: Partial<Order>): void {
    const order = { ...this.order, ...to, version: this.#now().toISOString() }
    this.order = { ...order, currentTotal: order.total - takenBack(order) }
    this.#changed()
  }

  remove(units: ReadonlyMap<string, number>): void {
    const lines = this.order.lines.map((line) => ({
      ...line,
      removed: Math.min(line.quantity, line.removed + (units.get(line.id) ?? 0)),
    }))
    // As many lines as there were, so not none.
    this.change({ lines: lines as Order['lines'] })
  }

  cancel(): void {
    const lines = this.order.lines.map((line) => ({ ...line, removed: line.quantity }))
    // As many lines as there were, so not none.
    this.change({ cancelledAt: this.#now().toISOString(), lines: lines as Order['lines'] })
  }

  /** The warehouse has something left to send. */
  get busy(): boolean {
    return this.warehouse.some((one) => !one.cancelled && left(one).size > 0)
  }

  /** The warehouse order that works, if any. */
  get open(): WarehouseOrder | undefined {
    return this.warehouse.find((one) => !one.cancelled && left(one).size > 0)
  }

  system(effects: readonly EffectName[]): PerformDeps['system'] {
    const chosen = Object.entries(this.#effects).filter(([name]) =>
      effects.some((effect) => effect === name),
    )
    return { title: 'Fake', effects: Object.fromEntries(chosen) }
  }

  account(connection: ConnectionId): Account {
    return {
      connection,
      settings: {},
      secret: async () => ({}),
      send: async () => err(except('effect-refused', 'nothing is sent here')),
      tokens: { get: async () => ok('token'), drop: async () => {} },
      now: this.#now,
    }
  }

  readonly #effects: Readonly<Record<EffectName, Effect>> = {
    'create-order': this.#effect(
      () => this.erp.length > 0,
      (subject) => {
        if (this.erp.length > 0) return err(ignore('it exists'))
        this.erp.push({ ...contentOf(subject), cancelled: false, parcels: [] })
        return ok({ id: 'E' })
      },
    ),
    'amend-order': this.#effect(
      () => false,
      (subject) => {
        const [order] = this.erp
        if (!order || order.cancelled) return err(except('effect-refused', 'it is closed'))
        Object.assign(order, contentOf(subject))
        return ok({ id: 'E' })
      },
    ),
    'check-duplicates': this.#effect(
      () => false,
      () => ok({ id: 'E' }),
    ),
    'cancel-order': this.#effect(
      () => this.erp[0]?.cancelled === true,
      () => {
        const [order] = this.erp
        if (!order || order.parcels.length > 0)
          return err(except('effect-refused', 'it was billed'))
        order.cancelled = true
        return ok({ id: 'E' })
      },
    ),
    'post-shipment': this.#effect(
      ({ shipment }) => this.erp[0]?.parcels.includes(shipment?.id ?? '') === true,
      ({ shipment }) => {
        this.erp[0]?.parcels.push(shipment?.id ?? '')
        return ok({ id: `F-${shipment?.id}` })
      },
    ),
    'release-order': this.#effect(
      (subject) => this.#release(subject) !== undefined,
      (subject) => {
        if (this.#release(subject)) return err(ignore('it exists'))
        const id = idOf(subject)
        const to = streetOf(subject)
        this.warehouse.push({ id, units: unitsOf(subject), to, sent: new Map(), cancelled: false })
        return ok({ id })
      },
    ),
    'amend-release': this.#effect(
      () => false,
      (subject) => {
        const order = this.#release(subject)
        const units = unitsOf(subject)
        const packed =
          order && [...order.sent].some(([line, sent]) => sent > (units.get(line) ?? 0))
        if (!order || packed) return err(except('effect-refused', 'it has left'))
        // What has left in part went to where it was to go then.
        if (order.sent.size > 0 && order.to !== streetOf(subject))
          return err(except('effect-refused', 'it has left'))
        order.units = units
        order.to = streetOf(subject)
        return ok({ id: order.id })
      },
    ),
    'cancel-release': this.#effect(
      (subject) => this.#release(subject)?.cancelled === true,
      (subject) => {
        const order = this.#release(subject)
        if (!order || left(order).size === 0) return err(except('effect-refused', 'it has left'))
        order.cancelled = true
        return ok({ id: order.id })
      },
    ),
    'confirm-shipment': this.#effect(
      ({ shipment }) => this.told.includes(shipment?.id ?? ''),
      ({ shipment }) => {
        this.told.push(shipment?.id ?? '')
        return ok({ id: `C-${shipment?.id}` })
      },
    ),
    'accept-order': this.#effect(
      () => this.order.acceptance !== 'awaited',
      () => {
        this.change({ acceptance: 'given' })
        return ok({ id: 'A' })
      },
    ),
    'cancel-sale': this.#effect(
      ({ intentId = '' }) => this.#taken.has(intentId),
      (subject) => {
        this.#taken.add(subject.intentId ?? '')
        this.remove(unitsOf(subject))
        return ok({ id: 'R' })
      },
    ),
  }

  /** Refunds by the name that they were asked for under. */
  readonly #taken = new Set<string>()

  #release(subject: Subject): WarehouseOrder | undefined {
    return this.warehouse.find(({ id }) => id === idOf(subject))
  }

  /** Safe by look-up: what it made it finds, at once. */
  #effect(
    isThere: (subject: Subject) => boolean,
    commit: (subject: Subject) => Result<Reference, Failure>,
  ): Effect {
    return {
      safety: { by: 'lookup', lagSeconds: 0 },
      find: 'in-doubt',
      look: async (_, subject) => ok(isThere(subject) ? { id: idOf(subject) } : undefined),
      make: async (_, subject) => {
        const luck = this.luck.shift() ?? 'well'
        if (luck === 'request-lost') return err(doubt('no answer'))
        const result = commit(subject)
        return luck === 'answer-lost' && result.ok ? err(doubt('no answer')) : result
      },
    }
  }
}

/** Units that a warehouse order still has to send. */
export function left({ units, sent }: WarehouseOrder): ReadonlyMap<string, number> {
  const open = [...units].map(([line, n]) => [line, n - (sent.get(line) ?? 0)] as const)
  return new Map(open.filter(([, n]) => n > 0))
}

/** What removed units are worth: the channel keeps the rest of each line as a whole, which is not how connectors round. */
const takenBack = ({ lines }: Order): number =>
  lines.reduce((all, line) => all + Math.floor((worthOf(line) * line.removed) / line.quantity), 0)

const worthOf = ({ unitPrice, quantity, discount, tax }: OrderLine): number =>
  unitPrice * quantity - discount + tax

const contentOf = (subject: Subject): Pick<ErpOrder, 'units' | 'total'> => {
  const parts = orderParts(subject, 'whole')
  return { units: unitsOf(subject), total: parts.ok ? parts.value.total : undefined }
}

const streetOf = ({ order }: Subject): string | undefined => order.people.shipTo?.address1

const idOf = ({ round = 1 }: Subject): string => `W${round}`

const unitsOf = ({ lines }: Subject): Units =>
  new Map(lines.filter(({ quantity }) => quantity > 0).map(({ id, quantity }) => [id, quantity]))

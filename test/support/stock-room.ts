import { orderIdOf } from '../../domain/order/order-id.ts'
import type { Policy } from '../../domain/order/policy.ts'
import { recordFact } from '../../domain/order/record-fact.ts'
import type { Ledger, Stock } from '../../domain/ports.ts'
import { stockPolicyOf } from '../../domain/stock/places.ts'
import { type Count, counted, emptyRow, type Movement, moved } from '../../domain/stock/row.ts'
import type { OrderId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { Called } from '../../schemas/events/order-event.ts'
import { SellingTerms, StockSettings } from '../../schemas/settings.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import type { StockRow } from '../../schemas/stored/stock.ts'
import { MemoryCrossReferences } from './memory-cross-references.ts'
import { MemoryLedger } from './memory-ledger.ts'
import { MemoryStock } from './memory-stock.ts'
import { able, orderOf, parcelOf, shop, wms } from './orders.ts'

export interface Room {
  readonly locations?: readonly string[]
  readonly shortStock?: SellingTerms['shortStock']
  readonly choose?: StockSettings['allocation']
  readonly shares?: Readonly<Record<string, number>>
  /** The same stock and orders under other settings. */
  readonly before?: { readonly stock: MemoryStock; readonly ledger: MemoryLedger }
  /** Puts something between those who decide and where it is kept. */
  readonly through?: (ports: Ports) => Ports
}

interface Ports {
  readonly ledger: Ledger
  readonly stock: Stock
}

/** A warehouse that is counted, and a ledger that keeps orders in step with it. */
export function openStockRoom(room: Room = {}) {
  const names = room.locations ?? ['main']
  const settings = StockSettings.parse({
    locations: Object.fromEntries(
      names.map((name, i) => [name, { warehouse: wms, code: name.toUpperCase(), priority: i + 1 }]),
    ),
    allocation: room.choose,
    hotSkuShards: room.shares,
  })
  const rules = stockPolicyOf({
    stock: settings,
    connections: [
      { id: shop, sells: SellingTerms.parse({ shortStock: room.shortStock ?? 'wait' }) },
    ],
  })
  if (!rules) throw new Error('there is stock in the settings')
  const policy: Policy = {
    ...able('amend-order', 'cancel-release', 'cancel-sale'),
    stock: rules,
  }
  const stock = new MemoryStock(rules.placesOf, room.before?.stock)
  const ledger = room.before?.ledger ?? new MemoryLedger(stock)
  const crossReferences = new MemoryCrossReferences()
  const ports = room.through?.({ ledger, stock }) ?? { ledger, stock }
  const deps = {
    ledger: ports.ledger,
    policy,
    kept: { stock: ports.stock, crossReferences },
    jitter: async () => {},
  }

  const named = (sku: string, location: string) =>
    rules.placesOf({ warehouse: wms, sku }).filter((place) => place.location === location)
  const shares = (sku: string, location: string): readonly StockRow[] => {
    const places = named(sku, location)
    const others = stock
      .all()
      .filter((row) => row.sku === sku && row.location === location && row.share >= places.length)
    return [...places.map((place) => stock.at(place) ?? emptyRow(place)), ...others]
  }
  const change = async (rows: readonly StockRow[], after: readonly StockRow[], id?: string) => {
    if (after === rows) return 'stale'
    const pairs = rows.map((before, i) => ({ before, after: after[i] ?? before }))
    return stock.save({ ...(id !== undefined && { id }), rows: pairs })
  }

  /** What the warehouse makes bundles of, as whoever releases an order tells it. */
  const calledThere = async ({ lines }: OrderState): Promise<Called[]> => {
    const things = lines.map(
      ({ sku = '' }) => ({ connection: wms, kind: 'sku', code: sku }) as const,
    )
    const found = await crossReferences.find(things)
    return lines.flatMap(({ id, sku }) => {
      const naming = found.find(({ code }) => code === sku)?.names.at(-1)
      return naming && 'components' in naming ? [{ id, components: [...naming.components] }] : []
    })
  }

  return {
    stock,
    ledger,
    policy,
    rules,
    deps,
    crossReferences,
    count: (sku: string, count: Count, location = 'main') => {
      const rows = shares(sku, location)
      return change(rows, counted(rows, count, named(sku, location).length))
    },
    move: (id: string, sku: string, movement: Movement, location = 'main') => {
      const rows = shares(sku, location)
      return change(rows, moved(rows, movement, named(sku, location).length), id)
    },
    /** Sums over the places of an article. */
    of: (sku: string) => {
      const rows = names.flatMap((name) => shares(sku, name))
      const sum = (field: 'onHand' | 'reserved' | 'quarantined') =>
        rows.reduce((total, row) => total + row[field], 0)
      const { onHand, reserved, quarantined } = {
        onHand: sum('onHand'),
        reserved: sum('reserved'),
        quarantined: sum('quarantined'),
      }
      return { onHand, reserved, free: onHand - reserved - quarantined }
    },
    place: (order: Order, at: Instant, ofPorts = deps) =>
      recordFact(
        { id: order.id },
        { type: 'snapshot', order, authority: 'body', receivedAt: at, at },
        ofPorts,
      ),
    look: (id: OrderId, at: Instant) => recordFact({ id }, { type: 'deadline', at }, deps),
    /** Carries out whatever is asked of systems. */
    work: async (id: OrderId, at: Instant): Promise<OrderState> => {
      for (;;) {
        const state = await ledger.load(id)
        const open = Object.entries(state?.intents ?? {})
        const next = open.find(([, i]) => i.state === 'pending' || i.state === 'sent')
        if (!state || !next) return state ?? fail(id)
        const [intentId, intent] = next
        const called = intent.effect === 'release-order' ? await calledThere(state) : []
        const named = called.length > 0 ? { called } : {}
        const claim = { type: 'claim', intentId, leaseSeconds: 15, at, ...named } as const
        // One that was claimed by somebody who was killed ends by that one's epoch.
        const claimed =
          intent.state === 'sent' ? state : (await recordFact({ id }, claim, deps)).state
        const { state: now, epoch } = claimed.intents[intentId] ?? intent
        if (now !== 'sent') return claimed
        const result = { ok: true, value: { id: `${intentId} of ${id}` } } as const
        const outcome = { type: 'outcome', intentId, epoch, during: 'make', result } as const
        await recordFact({ id }, { ...outcome, lagSeconds: 0, at }, deps)
      }
    },
    ship: (
      id: OrderId,
      parcel: string,
      units: Readonly<Record<string, number>>,
      ...[at, location]: readonly [at: Instant, location?: string]
    ) => {
      const left = { shippedAt: at, ...(location !== undefined && { location }) }
      const shipment = { ...parcelOf(parcel, units), ...left }
      return recordFact({ id }, { type: 'shipped', connection: wms, shipment, at }, deps)
    },
  }
}

const fail = (id: OrderId): never => {
  throw new Error(`there is no order ${id}`)
}

/** An order of its own for so many of each article. */
export function wanting(
  number: number | string,
  units: Readonly<Record<string, number>>,
  change: Partial<Order> = {},
): Order {
  const lines = Object.entries(units).map(([sku, quantity], i) => ({
    id: `${i + 1}`,
    sku,
    title: sku,
    quantity,
    removed: 0,
    fulfilled: 0,
    unitPrice: 1000,
    discount: 0,
    tax: 0,
    giftCard: false,
    shippable: true,
  }))
  return orderOf({
    id: orderIdOf(shop, `${number}`),
    channelOrderId: `${number}`,
    number: `#${number}`,
    // As many lines as there are units, which is at least one.
    lines: lines as unknown as Order['lines'],
    ...change,
  })
}

import { mirakl } from '../../connectors/mirakl/index.ts'
import { readDelivery } from '../../connectors/mirakl/orders.ts'
import type { Effect, Effects, Subject } from '../../domain/effects/effect.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { Shipment } from '../../schemas/canonical/shipment.ts'
import type { EffectName } from '../../schemas/events/order-event.ts'
import { twin } from '../../twins/mirakl/twin.ts'
import { twinAccount } from './account.ts'
import { text } from './fixtures.ts'
import { memoryWorld } from './twin-world.ts'

export const marketplace = ConnectionId.parse('mirakl/marketplace')
export const ever = { from: '2000-01-01T00:00:00.000Z', to: '2100-01-01T00:00:00.000Z' }

/** A connection to a marketplace whose other end is its twin. */
export function miraklAccount(extra: object = {}) {
  const settings = mirakl.settings.parse({
    host: 'example.mirakl.net',
    taxMode: 'TAX_INCLUDED',
    carriers: ['UPS'],
    reasons: { cancel: '34', refund: '15' },
    ...extra,
  })
  const world = memoryWorld(settings)
  const operator = twin(world)
  const account = twinAccount({
    connector: mirakl,
    connection: marketplace,
    settings,
    twin: operator,
    now: () => world.clock,
  })
  /** Lets time go by, and the operator do what it does by itself. */
  const pass = async (seconds: number) => {
    world.clock = new Date(world.clock.getTime() + seconds * 1000)
    await operator.tick?.()
  }
  const stored = (id: string): Record<string, unknown> => {
    const orders = operator.state()['orders'] as readonly Record<string, unknown>[]
    const found = orders.find((order) => order['order_id'] === id)
    if (!found) throw new Error(`the twin has no order ${id}`)
    return found
  }
  return { world, operator, account, pass, stored }
}

/** A marketplace with one order of the fixtures, changed, and the order as we know it. */
export async function marketWith(
  name: string,
  { settings, ...change }: { readonly settings?: object } & Record<string, unknown> = {},
) {
  const made = miraklAccount(settings)
  const base = JSON.parse(text('mirakl', `${name}.wire.json`))
  const body = JSON.stringify({ ...base, ...change })
  await made.operator.takeOrder?.(body, false)
  const known = await mirakl.orders.fetchOrder(made.account, base.order_id)
  if (!known.ok || !known.value) throw new Error(`not fetched: ${JSON.stringify(known)}`)
  made.account.calls.length = 0
  return { ...made, order: known.value, id: String(base.order_id), base }
}

/** The order in a body of OR11. */
export function orderOf(body: string): Order {
  const readings = readDelivery({ connection: marketplace, body })
  const [reading] = readings.ok ? readings.value : []
  if (reading?.type !== 'snapshot') throw new Error(`no snapshot: ${JSON.stringify(readings)}`)
  return reading.order
}

/** What an effect is told; without units, all that the channel has not taken back. */
export function subjectOf(
  order: Order,
  units: Readonly<Record<string, number>> = Object.fromEntries(
    order.lines.map(({ id, quantity, removed }) => [id, quantity - removed]),
  ),
): Subject {
  const lines = Object.entries(units).map(([id, quantity]) => ({ id, quantity }))
  return { order, lines, references: {} }
}

/** What `confirm-shipment` is told of a parcel with these units. */
export function parcelOf(
  order: Order,
  units: Readonly<Record<string, number>>,
  extra: Partial<Shipment> = {},
): Subject {
  const shipment: Shipment = {
    id: 'parcel-1',
    carrier: 'UPS',
    trackingNumber: '1Z0001',
    trackingUrl: 'https://tracking.example/1Z0001',
    shippedAt: '2026-11-21T10:00:00.000Z',
    lines: Object.entries(units).map(([id, quantity]) => ({ id, quantity })),
    ...extra,
  }
  return { ...subjectOf(order), shipment }
}

/** An effect of the channel that can be looked up. */
export function effectOf(name: EffectName): Effect & Required<Pick<Effect, 'look'>> {
  const effects: Effects = mirakl.orders.effects
  const effect = effects[name]
  if (!effect?.look) throw new Error(`${name} has no look`)
  return { ...effect, look: effect.look }
}

import { shipbob } from '../../connectors/shipbob/index.ts'
import { Settings } from '../../connectors/shipbob/settings.ts'
import type { Subject } from '../../domain/effects/effect.ts'
import { ConnectionId, OrderId } from '../../schemas/canonical/identity.ts'
import { Order } from '../../schemas/canonical/order.ts'
import type { Documents } from '../../twins/kit/twin.ts'
import { twin } from '../../twins/shipbob/twin.ts'
import { twinAccount } from './account.ts'
import { fixture } from './fixtures.ts'
import { memoryWorld } from './twin-world.ts'

const demo = {
  channelId: 100001,
  shippingMethod: 'Standard',
  shippingMethods: { EXPRESS: '2-Day' },
}

/** A ShipBob connection whose other end is its twin. */
export function shipbobAccount(extra: object = {}, documents?: Documents) {
  const settings = Settings.parse({ ...demo, ...extra })
  const world = memoryWorld(settings, documents)
  const warehouse = twin(world)
  const connection = ConnectionId.parse('shipbob/demo-wms')
  const now = () => world.clock
  const account = twinAccount({ connector: shipbob, connection, settings, twin: warehouse, now })
  const pass = async (ms: number) => {
    world.clock = new Date(world.clock.getTime() + ms)
    await warehouse.tick?.()
  }
  return { settings, world, twin: warehouse, account, pass }
}

/** An order of the fixtures with everything of it still to be shipped. */
export function subjectOf(name: string, change: Partial<Order> = {}): Subject {
  const order = {
    ...Order.parse(fixture('shipbob', `${name}.order.json`)),
    ...change,
  }
  const lines = order.lines.map(({ id, quantity, removed }) => ({
    id,
    quantity: quantity - removed,
  }))
  return { order, lines, references: {} }
}

/** An order for these units by sku, a line for each. */
export function withLines(
  units: Readonly<Record<string, number>>,
  id = 'shopify_demo-store_1',
): Subject {
  const subject = subjectOf('zero-decimal', { id: OrderId.parse(id) })
  const [like] = subject.order.lines
  const lines = Object.entries(units).map(([sku, quantity]) => ({
    ...like,
    id: `line ${sku}`,
    sku,
    quantity,
  }))
  return {
    ...subject,
    order: Order.parse({ ...subject.order, lines }),
    lines: lines.map((line) => ({ id: line.id, quantity: line.quantity })),
  }
}

import { statusOf } from '../../domain/order/state.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import { seconds, start, wms } from '../support/orders.ts'
import { openStockRoom, wanting } from '../support/stock-room.ts'

const counted = async (onHand: Readonly<Record<string, number>>, room = openStockRoom()) => {
  for (const [sku, units] of Object.entries(onHand)) {
    await room.count(sku, { at: start, onHand: units })
  }
  return room
}

/** The order's next version, with so many units of each line taken back. */
const without = (order: Order, removed: number): Order => ({
  ...order,
  version: seconds(2),
  // As many lines as there were, so not none.
  lines: order.lines.map((line) => ({ ...line, removed })) as Order['lines'],
})

test('an order reserves its units in the commit that captures it', async () => {
  const room = await counted({ MUG: 5 })
  const order = wanting(1, { MUG: 2 })
  const { events } = await room.place(order, seconds(1))
  expect(events.map(({ type }) => type)).toContain('stock.reserved')
  expect(room.ledger.commits).toHaveLength(1)
  expect(room.of('MUG')).toEqual({ onHand: 5, reserved: 2, free: 3 })
})

test('a repeated message reserves nothing', async () => {
  const room = await counted({ MUG: 5 })
  const order = wanting(1, { MUG: 2 })
  await room.place(order, seconds(1))
  await room.place(order, seconds(2))
  expect(room.of('MUG').reserved).toBe(2)
})

test('shipped units are subtracted once and no longer reserved', async () => {
  const room = await counted({ MUG: 5 })
  const order = wanting(1, { MUG: 2 })
  await room.place(order, seconds(1))
  await room.work(order.id, seconds(2))
  await room.ship(order.id, 'P1', { MUG: 1 }, seconds(3))
  await room.ship(order.id, 'P1', { MUG: 1 }, seconds(3))
  expect(room.of('MUG')).toEqual({ onHand: 4, reserved: 1, free: 3 })
  await room.ship(order.id, 'P2', { MUG: 1 }, seconds(4))
  expect(room.of('MUG')).toEqual({ onHand: 3, reserved: 0, free: 3 })
})

test('a count taken after a parcel left is not lowered by it', async () => {
  const room = await counted({ MUG: 5 })
  const order = wanting(1, { MUG: 2 })
  await room.place(order, seconds(1))
  await room.work(order.id, seconds(2))
  await room.count('MUG', { at: seconds(10), onHand: 3 })
  expect(room.of('MUG')).toEqual({ onHand: 3, reserved: 2, free: 1 })
  await room.ship(order.id, 'P1', { MUG: 2 }, seconds(5))
  expect(room.of('MUG')).toEqual({ onHand: 3, reserved: 0, free: 3 })
})

test('a cancelled order returns its reservation once', async () => {
  const room = await counted({ MUG: 5 })
  const order = wanting(1, { MUG: 2 })
  await room.place(order, seconds(1))
  const gone = { ...order, version: seconds(2), cancelledAt: seconds(2) }
  await room.place(gone, seconds(3))
  await room.place(gone, seconds(4))
  expect(room.of('MUG')).toEqual({ onHand: 5, reserved: 0, free: 5 })
})

test('cancelled units are returned to stock', async () => {
  const room = await counted({ MUG: 5 })
  const order = wanting(1, { MUG: 3 })
  await room.place(order, seconds(1))
  await room.place(without(order, 2), seconds(3))
  expect(room.of('MUG').reserved).toBe(1)
})

describe('an order for more than there is', () => {
  test('waits as a whole, and nothing of it is released', async () => {
    const room = await counted({ MUG: 1, PLATE: 9 })
    const order = wanting(1, { MUG: 2, PLATE: 1 })
    const { state } = await room.place(order, seconds(1))
    expect(room.of('MUG').reserved + room.of('PLATE').reserved).toBe(0)
    expect(state.exceptions['backordered']?.reason).toBe(
      'the warehouse has no stock for 1 of line 1; all of it waits for that',
    )
    const worked = await room.work(order.id, seconds(2))
    expect(statusOf(worked)).toBe('accepted')
    expect(room.stock.waiting()).toEqual([
      { warehouse: wms, sku: 'MUG', orderId: order.id, since: seconds(1) },
    ])
  })

  test('continues when there is enough stock', async () => {
    const room = await counted({ MUG: 1 })
    const order = wanting(1, { MUG: 2 })
    await room.place(order, seconds(1))
    await room.work(order.id, seconds(2))
    await room.move('goods-in-1', 'MUG', { at: seconds(3), onHand: 1, quarantined: 0 })
    await room.look(order.id, seconds(4))
    const state = await room.work(order.id, seconds(5))
    expect(statusOf(state)).toBe('released')
    expect(state.exceptions).toEqual({})
    expect(room.stock.waiting()).toEqual([])
    expect(room.of('MUG')).toEqual({ onHand: 2, reserved: 2, free: 0 })
  })

  test('ships in part if the channel says so, and the rest follows in another release', async () => {
    const room = await counted({ MUG: 1 }, openStockRoom({ shortStock: 'split' }))
    const order = wanting(1, { MUG: 3 })
    await room.place(order, seconds(1))
    const first = await room.work(order.id, seconds(2))
    expect(first.lines[0]).toMatchObject({ released: 1, allocated: 1, backordered: 2 })
    await room.ship(order.id, 'P1', { MUG: 1 }, seconds(3))
    await room.move('goods-in-1', 'MUG', { at: seconds(4), onHand: 5, quarantined: 0 })
    await room.look(order.id, seconds(5))
    const second = await room.work(order.id, seconds(6))
    expect(Object.keys(second.intents)).toContain('release-order:2')
    expect(second.lines[0]).toMatchObject({ released: 3, backordered: 0 })
    await room.ship(order.id, 'P2', { MUG: 2 }, seconds(7))
    expect(statusOf(await room.work(order.id, seconds(8)))).toBe('complete')
    expect(room.of('MUG')).toEqual({ onHand: 3, reserved: 0, free: 3 })
  })

  test('loses the missing units if the channel says so, and the channel is informed', async () => {
    const room = await counted({ MUG: 1 }, openStockRoom({ shortStock: 'cancel' }))
    const order = wanting(1, { MUG: 3 })
    await room.place(order, seconds(1))
    const state = await room.work(order.id, seconds(2))
    expect(state.lines[0]).toMatchObject({ cancelled: 2, cancelReported: 2, released: 1 })
    expect(room.of('MUG').reserved).toBe(1)
  })
})

test('an uncounted article is processed without stock', async () => {
  const room = openStockRoom()
  const order = wanting(1, { GIFT: 2 })
  await room.place(order, seconds(1))
  expect(statusOf(await room.work(order.id, seconds(2)))).toBe('released')
})

test('a loss of an uncounted article does not block its orders', async () => {
  const room = openStockRoom()
  await room.move('lost-1', 'GIFT', { at: start, onHand: -1, quarantined: 0 })
  const order = wanting(1, { GIFT: 2 })
  await room.place(order, seconds(1))
  expect(statusOf(await room.work(order.id, seconds(2)))).toBe('released')
})

test('two lines are promised from one location that has both rather than from two', async () => {
  const room = openStockRoom({ locations: ['north', 'south'] })
  await room.count('MUG', { at: start, onHand: 5 }, 'north')
  await room.count('MUG', { at: start, onHand: 5 }, 'south')
  await room.count('PLATE', { at: start, onHand: 5 }, 'south')
  const { state } = await room.place(wanting(1, { MUG: 1, PLATE: 1 }), seconds(1))
  expect(state.stock?.reservations.map(({ location }) => location)).toEqual(['south', 'south'])
})

test('a parcel from another location is subtracted there, and the reservation is returned', async () => {
  const room = openStockRoom({ locations: ['north', 'south'], choose: 'priority' })
  await room.count('MUG', { at: start, onHand: 5 }, 'north')
  await room.count('MUG', { at: start, onHand: 5 }, 'south')
  const order = wanting(1, { MUG: 2 })
  await room.place(order, seconds(1))
  await room.work(order.id, seconds(2))
  await room.ship(order.id, 'P1', { MUG: 1 }, seconds(3), 'SOUTH')
  const [north, south] = room.stock.all()
  expect([north?.onHand, north?.reserved, south?.onHand, south?.reserved]).toEqual([5, 1, 4, 0])
  await room.ship(order.id, 'P2', { MUG: 1 }, seconds(4))
  expect(room.stock.all().map(({ onHand, reserved }) => [onHand, reserved])).toEqual([
    [4, 0],
    [4, 0],
  ])
})

test('a bundle reserves its components, and returns cancelled ones', async () => {
  const room = await counted({ MUG: 4, SAUCER: 9 })
  const components = [
    { sku: 'MUG', quantity: 1 },
    { sku: 'SAUCER', quantity: 2 },
  ] as const
  await room.crossReferences.add([
    {
      connection: wms,
      kind: 'sku',
      code: 'SET',
      told: [{ naming: { from: start, components: [...components] } }],
    },
  ])
  const order = wanting(1, { SET: 3 })
  await room.place(order, seconds(1))
  expect([room.of('MUG').reserved, room.of('SAUCER').reserved]).toEqual([3, 6])
  await room.place(without(order, 1), seconds(3))
  expect([room.of('MUG').reserved, room.of('SAUCER').reserved]).toEqual([2, 4])
})

test('an order that waits for its payment keeps its units for a day, and takes them again when it is paid', async () => {
  const room = await counted({ MUG: 5 })
  const day = 86_400
  const order = wanting(1, { MUG: 2 }, { payment: 'pending' })
  const unpaid = { ...order, holds: [{ kind: 'payment', reason: 'not paid' }] } as const
  const { state } = await room.place({ ...unpaid, holds: [...unpaid.holds] }, seconds(1))
  expect(room.of('MUG').reserved).toBe(2)
  expect(state.stock?.wakeAt).toBe(seconds(1 + day))
  await room.look(order.id, seconds(2 + day))
  expect(room.of('MUG').reserved).toBe(0)
  const paid = { ...order, payment: 'paid', holds: [], version: seconds(3 + day) } as const
  await room.place({ ...paid, holds: [] }, seconds(3 + day))
  expect(room.of('MUG').reserved).toBe(2)
})

test('orders for a hot article spread over its shards, and take from others when one is empty', async () => {
  const room = openStockRoom({ shares: { MUG: 4 } })
  await room.count('MUG', { at: start, onHand: 10 })
  for (let n = 0; n < 10; n++) {
    const { state } = await room.place(wanting(n, { MUG: 1 }), seconds(1))
    expect(state.stock?.short).toEqual([])
  }
  expect(room.of('MUG')).toEqual({ onHand: 10, reserved: 10, free: 0 })
  const { state } = await room.place(wanting(11, { MUG: 1 }), seconds(1))
  expect(state.stock?.short).toEqual([{ id: '1', units: 1 }])
})

test('a share gives nothing while another one of its place is short of it', async () => {
  const room = await counted({ MUG: 2 }, openStockRoom({ shares: { MUG: 2 } }))
  const order = wanting(1, { MUG: 2 })
  await room.place(order, seconds(1))
  await room.work(order.id, seconds(2))
  // The parcel is gone when people count, and told of later: nothing lies there, and one share thinks of a unit.
  await room.count('MUG', { at: seconds(10), onHand: 0 })
  await room.ship(order.id, 'P1', { MUG: 2 }, seconds(5))
  expect(room.of('MUG')).toEqual({ onHand: 0, reserved: 0, free: 0 })
  for (let n = 2; n < 6; n++) {
    const { state } = await room.place(wanting(n, { MUG: 1 }), seconds(11))
    expect(state.stock?.short).toEqual([{ id: '1', units: 1 }])
  }
})

describe('a warehouse that sends from several places', () => {
  const twoHalls = () => openStockRoom({ locations: ['main', 'annex'] })
  const at = (room: ReturnType<typeof twoHalls>, location: string, onHand: number, when: number) =>
    room.count('MUG', { at: seconds(when), onHand }, location)
  /** One unit is promised at each place, and the annex turns out to have lost its own. */
  const oneShort = async (atMain: number) => {
    const room = twoHalls()
    await at(room, 'main', 1, 0)
    await at(room, 'annex', 1, 0)
    for (const n of [1, 2]) await room.place(wanting(n, { MUG: 1 }), seconds(n))
    await at(room, 'annex', 0, 10)
    await at(room, 'main', atMain, 10)
    return room
  }

  test('gives nothing at one of them while another is short of it', async () => {
    const room = await oneShort(2)
    expect(room.of('MUG')).toEqual({ onHand: 2, reserved: 2, free: 0 })
    const order = wanting(3, { MUG: 1 })
    expect((await room.place(order, seconds(11))).state.stock?.short).toEqual([
      { id: '1', units: 1 },
    ])
    await at(room, 'annex', 1, 20)
    expect((await room.look(order.id, seconds(21))).state.stock?.short).toEqual([])
  })

  test('spends what an order has at one of them on a parcel that leaves from another', async () => {
    const room = openStockRoom({ locations: ['main', 'annex'], shortStock: 'split' })
    await at(room, 'main', 1, 0)
    const [some, other] = [wanting(1, { MUG: 3 }), wanting(2, { MUG: 1 })]
    await room.place(some, seconds(1))
    await room.work(some.id, seconds(2))
    await at(room, 'annex', 1, 3)
    await room.place(other, seconds(4))
    const { state } = await room.ship(some.id, 'P1', { MUG: 1 }, seconds(5), 'ANNEX')
    expect(room.of('MUG')).toEqual({ onHand: 1, reserved: 1, free: 0 })
    expect(
      state.stock?.reservations.map(({ location, reserved, left }) => [location, reserved, left]),
    ).toEqual([['annex', 0, 1]])
    expect(state.stock?.short).toEqual([{ id: '1', units: 2 }])
  })

  test('gives an order more of what is there beside the parcel that leaves', async () => {
    const room = openStockRoom({ locations: ['main', 'annex'], shortStock: 'split' })
    await at(room, 'main', 1, 0)
    const order = wanting(1, { MUG: 4 })
    await room.place(order, seconds(1))
    await room.work(order.id, seconds(2))
    await at(room, 'annex', 2, 3)
    const { state } = await room.ship(order.id, 'P1', { MUG: 1 }, seconds(5), 'ANNEX')
    expect(room.of('MUG')).toEqual({ onHand: 2, reserved: 2, free: 0 })
    expect(state.stock?.short).toEqual([{ id: '1', units: 1 }])
  })

  test('gives what is left beyond that, and no more to orders of one moment', async () => {
    const room = await oneShort(4)
    const orders = [3, 4, 5, 6].map((n) => wanting(n, { MUG: 1 }))
    await Promise.all(orders.map((order) => room.place(order, seconds(11))))
    expect(room.of('MUG')).toEqual({ onHand: 4, reserved: 4, free: 0 })
  })
})

test('an order of more articles than one transaction holds has them all', async () => {
  const skus = Array.from({ length: 120 }, (_, n) => `S${n}`)
  const room = await counted(Object.fromEntries(skus.map((sku) => [sku, 3])))
  const order = wanting(1, Object.fromEntries(skus.map((sku) => [sku, 2])))
  const { state } = await room.place(order, seconds(1))
  expect(state.stock?.reservations).toHaveLength(120)
  expect(room.ledger.commits.every(({ stock }) => (stock?.writes.length ?? 0) <= 80)).toBe(true)
})

test('the last unit that is there asks for no release of what is still missing', async () => {
  const room = await counted({ MUG: 2 }, openStockRoom({ shortStock: 'split' }))
  const order = wanting(1, { MUG: 3 })
  await room.place(order, seconds(1))
  await room.work(order.id, seconds(2))
  await room.ship(order.id, 'P1', { MUG: 1 }, seconds(3))
  const { events, state } = await room.ship(order.id, 'P2', { MUG: 1 }, seconds(4))
  expect(events.map(({ type }) => type)).not.toContain('release.completed')
  expect(Object.keys(state.intents)).not.toContain('release-order:2')

  await room.count('MUG', { at: seconds(10), onHand: 1 })
  const looked = await room.look(order.id, seconds(4000))
  expect(Object.keys(looked.state.intents)).toContain('release-order:2')
})

describe('an article whose shares the settings change', () => {
  const first = { at: start, onHand: 12 }
  /** Eight orders for one each, over four shares. */
  const dealt = async () => {
    const before = openStockRoom({ shares: { MUG: 4 } })
    await before.count('MUG', first)
    const orders = Array.from({ length: 8 }, (_, n) => wanting(n, { MUG: 1 }))
    for (const order of orders) await before.place(order, seconds(1))
    return { before, orders }
  }
  const shares = (room: ReturnType<typeof openStockRoom>) =>
    room.stock.all().map(({ reserved, onHand }) => onHand - reserved)

  test('goes on selling what lies in those that are named no more', async () => {
    const { before } = await dealt()
    const room = openStockRoom({ before })
    for (let n = 20; n < 24; n++) {
      const { state } = await room.place(wanting(n, { MUG: 1 }), seconds(2))
      expect(state.stock?.short).toEqual([])
    }
    expect(shares(room)).toEqual([0, 0, 0, 0])
    const { state } = await room.place(wanting(24, { MUG: 1 }), seconds(2))
    expect(state.stock?.short).toEqual([{ id: '1', units: 1 }])
  })

  test('gives back and sends what was promised there', async () => {
    const { before, orders } = await dealt()
    const room = openStockRoom({ before })
    for (const [n, order] of orders.entries()) {
      if (n % 2 === 0) {
        const gone = { ...order, version: seconds(2), cancelledAt: seconds(2) }
        await room.place(gone, seconds(3))
      } else {
        await room.work(order.id, seconds(3))
        await room.ship(order.id, `P${n}`, { MUG: 1 }, seconds(4))
      }
    }
    const all = room.stock.all()
    expect(all.reduce((sum, { reserved }) => sum + reserved, 0)).toBe(0)
    expect(all.reduce((sum, { onHand }) => sum + onHand, 0)).toBe(8)
  })

  test('is drained into those that are left by the next count or movement', async () => {
    const { before } = await dealt()
    const room = openStockRoom({ before, shares: { MUG: 2 } })
    await room.count('MUG', { at: seconds(5), onHand: 20 })
    expect(shares(room)).toEqual([6, 6, 0, 0])
    const fewer = openStockRoom({ before: room })
    await fewer.move('in-1', 'MUG', { at: seconds(6), onHand: 1, quarantined: 0 })
    expect(shares(fewer)).toEqual([13, 0, 0, 0])
  })

  test('a parcel that left before the last count is not taken off a share that came after it', async () => {
    const before = openStockRoom()
    await before.count('MUG', { at: seconds(10), onHand: 6 })
    const room = openStockRoom({ before, shares: { MUG: 2 } })
    await room.move('in-1', 'MUG', { at: seconds(11), onHand: 2, quarantined: 0 })
    expect(shares(room)).toEqual([4, 4])
    const orders = [1, 2, 3, 4].map((n) => wanting(n, { MUG: 2 }))
    for (const order of orders) {
      await room.place(order, seconds(12))
      await room.work(order.id, seconds(13))
      await room.ship(order.id, `P${order.id}`, { MUG: 2 }, seconds(5))
    }
    expect(room.stock.all().map(({ onHand, reserved }) => [onHand, reserved])).toEqual([
      [4, 0],
      [4, 0],
    ])
  })
})

test('what was promised at a location that left the settings is given back there', async () => {
  const before = openStockRoom({ locations: ['north', 'south'], choose: 'priority' })
  await before.count('MUG', { at: start, onHand: 5 }, 'north')
  const order = wanting(1, { MUG: 2 })
  await before.place(order, seconds(1))
  const room = openStockRoom({ locations: ['south'], before })
  await room.place({ ...order, version: seconds(2), cancelledAt: seconds(2) }, seconds(3))
  expect(room.stock.all().map(({ onHand, reserved }) => [onHand, reserved])).toEqual([[5, 0]])
})

import { doubt, retry, wait } from '../../domain/failure.ts'
import { forWarehouse } from '../../domain/order/lines.ts'
import { dueAt } from '../../domain/order/state.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import { lineOf, orderOf, parcelOf, seconds } from '../support/orders.ts'
import { tellStory } from '../support/story.ts'

const types = (story: ReturnType<typeof tellStory>) => story.events.map(({ type }) => type)

test('a captured order is accepted, released, shipped in two parcels and confirmed', () => {
  const story = tellStory()
  story.captured()
  expect(story.status).toBe('captured')
  expect(story.intent('create-order')).toBe('pending')
  expect(story.intent('release-order')).toBeUndefined()

  story.did('create-order')
  expect(story.status).toBe('accepted')
  story.did('release-order')
  expect(story.status).toBe('released')
  expect(story.lines()).toEqual([
    [2, 0, 2, 0],
    [1, 0, 1, 0],
  ])

  story.shipped('P1', { MUG: 1 })
  expect(story.status).toBe('partially-shipped')
  story.shipped('P2', { MUG: 1, PLATE: 1 })
  expect(story.status).toBe('shipped')
  expect(story.intent('confirm-shipment:P1')).toBeUndefined()

  for (const id of ['P1', 'P2']) {
    story.did(`post-shipment:${id}`)
    story.did(`confirm-shipment:${id}`)
  }
  expect(story.status).toBe('complete')
  expect(story.exceptions()).toEqual([])
  expect(dueAt(story.state)).toBeUndefined()
})

test('each stage has its one point', () => {
  const story = tellStory().released()
  story.shipped('P1', { MUG: 2, PLATE: 1 })
  story.did('post-shipment:P1')
  story.did('confirm-shipment:P1')
  story.pass(1_000_000)
  const points = story.events.flatMap((event) => (event.type === 'stage.met' ? [event.stage] : []))
  expect(points.toSorted()).toEqual(['accepted', 'captured', 'confirmed:P1', 'released', 'shipped'])
  expect(story.count('stage.missed')).toBe(0)
})

test('a gift card needs no warehouse: accepted is complete', () => {
  const story = tellStory()
  story.captured(orderOf({ lines: [lineOf({ giftCard: true, shippable: false })] }))
  story.did('create-order')
  expect(story.status).toBe('complete')
  expect(story.intent('release-order')).toBeUndefined()
})

test('units removed before posting are not released', () => {
  const story = tellStory()
  story.captured(orderOf({ lines: [lineOf({ quantity: 3, removed: 1 })] }))
  story.did('create-order')
  story.did('release-order')
  expect(story.lines()).toEqual([[3, 1, 2, 0]])
})

test('a parcel that is known before the release was answered proves the release', () => {
  const story = tellStory()
  story.captured()
  story.did('create-order')
  story.claimed('release-order')
  story.shipped('P1', { MUG: 2, PLATE: 1 })
  expect(story.intent('release-order')).toBe('done')
  expect(story.state.intents['release-order']?.reference).toEqual({ id: 'W-1' })
  story.outcome('release-order', 'done')
  expect(story.lines()).toEqual([
    [2, 0, 2, 2],
    [1, 0, 1, 1],
  ])
})

test('a parcel proves a release that a look-up missed and that is about to be repeated', () => {
  const story = tellStory()
  story.captured()
  story.did('create-order')
  story.failed('release-order', doubt('no answer'))
  story.wait(600)
  story.failed('release-order', wait('throttled', 60))
  expect(story.exceptions()).toEqual([])
  story.shipped('P1', { MUG: 2, PLATE: 1 })
  expect(story.intent('release-order')).toBe('done')
  expect(story.exceptions()).toEqual([])
})

describe('a parcel of an order that was never released', () => {
  test('is kept until the order is posted, and then counts for what it holds', () => {
    const story = tellStory()
    story.captured()
    story.shipped('P1', { MUG: 1 })
    expect(story.state.shipments).toEqual({})
    expect(story.exceptions()).toEqual(['unknown-shipment-line:shipped:P1'])

    story.did('create-order')
    expect(Object.keys(story.state.shipments)).toEqual(['P1'])
    expect(story.exceptions()).toEqual(['shipped-unreleased:P1'])
    expect(story.intent('release-order')).toBe('pending')
    expect(story.state.lines.map(forWarehouse)).toEqual([1, 1])
    story.did('release-order')
    story.shipped('P2', { MUG: 1, PLATE: 1 })
    expect(story.lines()).toEqual([
      [2, 0, 2, 2],
      [1, 0, 1, 1],
    ])
  })

  test('does not pass for a release when it holds other articles', () => {
    const story = tellStory()
    story.captured()
    story.shipped('P1', { BOWL: 1 })
    story.did('create-order')
    expect(story.exceptions()).toEqual(['shipped-unreleased:P1', 'unknown-shipment-line:P1'])
    expect(story.claimed('release-order').events).toHaveLength(1)
    expect(story.intent('release-order')).toBe('sent')
    expect(story.state.lines.map(forWarehouse)).toEqual([2, 1])
  })

  test('does not complete an unpaid order unseen', () => {
    const story = tellStory()
    story.captured(orderOf({ payment: 'pending' }))
    story.did('create-order')
    story.shipped('P1', { MUG: 2, PLATE: 1 })
    expect(story.exceptions()).toEqual(['payment-pending', 'shipped-unreleased:P1'])
  })

  test('is not believed of another warehouse', () => {
    const story = tellStory()
    story.captured()
    story.did('create-order')
    const connection = ConnectionId.parse('shipbob/other-wms')
    story.tell({ type: 'shipped', connection, shipment: parcelOf('P1', { MUG: 2 }) })
    expect(story.exceptions()).toEqual(['unknown-shipment-line:P1'])
    expect(story.state.shipments).toEqual({})
  })

  test('is nothing that the channel fulfilled, when the channel is told of it', () => {
    const story = tellStory()
    story.captured()
    story.did('create-order')
    story.shipped('P1', { MUG: 1 })
    const [mug, plate] = orderOf().lines
    const lines = [{ ...mug, fulfilled: 1 }, plate]
    // Another number, so that it is more than a repetition of our parcel.
    story.captured(orderOf({ version: seconds(60), number: '#7', lines: Object(lines) }))
    expect(story.state.lines.map(forWarehouse)).toEqual([1, 1])
  })

  test('is no proof of a release that did not get through', () => {
    const story = tellStory()
    story.captured()
    story.did('create-order')
    story.failed('release-order', retry('unreachable'))
    story.shipped('P1', { MUG: 1 })
    expect(story.intent('release-order')).toBe('pending')
    expect(story.state.lines.map(forWarehouse)).toEqual([1, 1])
  })
})

test('twenty parcels that came too early all find their place, and nothing is released for them', () => {
  const story = tellStory()
  story.captured(orderOf({ lines: [lineOf({ quantity: 20 })] }))
  for (let i = 0; i < 20; i++) story.shipped(`P${i}`, { MUG: 1 })
  story.did('create-order')
  expect(story.lines()).toEqual([[20, 0, 20, 20]])
  expect(story.claimed('release-order').events).toEqual([])
  expect(story.exceptions()).toHaveLength(20)
})

test('a parcel of other articles does not prove a release without an answer', () => {
  const story = tellStory()
  story.captured()
  story.did('create-order')
  story.failed('release-order', doubt('no answer'))
  story.shipped('P1', { BOWL: 1 })
  expect(story.intent('release-order')).toBe('doubt')
  story.shipped('P2', { MUG: 1 })
  expect(story.intent('release-order')).toBe('done')
})

test('a parcel that names one SKU twice ships both', () => {
  const story = tellStory()
  story.captured(orderOf({ lines: [lineOf({ quantity: 3 })] }))
  story.did('create-order')
  story.did('release-order')
  const lines = [
    { sku: 'MUG', quantity: 1 },
    { sku: 'MUG', quantity: 2 },
  ]
  story.shipped({ id: 'P1', lines, shippedAt: story.now, warehouseOrder: 'W-1' })
  expect(story.lines()).toEqual([[3, 0, 3, 3]])
  expect(story.state.shipments['P1']?.lines).toEqual([{ id: '1', quantity: 3 }])
})

test('units of one SKU fill its lines in the order of the order', () => {
  const story = tellStory()
  story.captured(orderOf({ lines: [lineOf(), lineOf({ id: '2', quantity: 3 })] }))
  story.did('create-order')
  story.did('release-order')
  story.shipped('P1', { MUG: 3 })
  expect(story.state.shipments['P1']?.lines).toEqual([
    { id: '1', quantity: 2 },
    { id: '2', quantity: 1 },
  ])
})

test('a parcel with an unknown SKU or too many units is recorded and raises an exception', () => {
  const story = tellStory().released()
  story.shipped('P1', { MUG: 3, SPOON: 1 })
  expect(story.exceptions()).toEqual(['over-shipped:P1', 'unknown-shipment-line:P1'])
  expect(story.lines()[0]).toEqual([2, 0, 2, 2])
  expect(story.intent('post-shipment:P1')).toBe('pending')
})

test('a parcel from another warehouse is not accepted', () => {
  const story = tellStory().released()
  const { state } = story
  story.tell({
    type: 'shipped',
    connection: story.state.connection,
    shipment: {
      id: 'P1',
      lines: [{ sku: 'MUG', quantity: 1 }],
      shippedAt: story.now,
      warehouseOrder: 'X',
    },
  })
  expect(story.lines()).toEqual(state.lines.map((l) => [l.ordered, l.cancelled, l.released, 0]))
  expect(story.exceptions()).toEqual(['unknown-shipment-line:P1'])
})

test('a parcel is confirmed to the channel before the ERP if its deadline comes first', () => {
  const story = tellStory().released()
  story.shipped('P1', { MUG: 2, PLATE: 1 })
  expect(story.intent('confirm-shipment:P1')).toBeUndefined()
  story.pass(3601)
  expect(story.intent('confirm-shipment:P1')).toBe('pending')
  expect(story.intent('post-shipment:P1')).toBe('pending')
})

test('a repeated report is recorded once', () => {
  const story = tellStory().released()
  story.shipped('P1', { MUG: 1 })
  const heard = story.events.length
  story.shipped('P1', { MUG: 1 })
  story.captured()
  story.outcome('release-order', 'done')
  expect(story.events.length).toBe(heard)
  expect(types(story)).toContain('shipment.confirmed')
})

import { doubt } from '../../domain/failure.ts'
import type { Hold } from '../../schemas/canonical/order.ts'
import { able, erp, orderOf, parcelOf, policy, seconds, shop, wms } from '../support/orders.ts'
import { tellStory } from '../support/story.ts'

const heldFor = (kind: Hold['kind']) => orderOf({ holds: [{ kind, reason: 'wait' }] })
const elsewhere = { name: 'B', address1: 'Street 2', city: 'Town', countryCode: 'DE' }
const free = orderOf({ version: seconds(60), holds: [] })

test.each([
  ['payment', 'payment-pending'],
  ['fraud', 'fraud-review'],
  ['address', 'address-review'],
  ['other', 'channel-hold'],
] as const)('held for %s, an order is posted and waits before the warehouse', (kind, code) => {
  const story = tellStory()
  story.captured(heldFor(kind))
  story.did('create-order')
  expect(story.exceptions()).toEqual([code])
  expect(story.intent('release-order')).toBeUndefined()
  story.pass(100_000)
  expect(story.exceptions()).toEqual([code])
  story.captured(free)
  expect(story.exceptions()).toEqual([])
  story.did('release-order')
  expect(story.status).toBe('released')
})

test('pending at the channel, an order is not even posted, and no service level runs', () => {
  const story = tellStory()
  story.captured(orderOf({ holds: [{ kind: 'pending', reason: 'no price yet' }], people: {} }))
  expect(story.exceptions()).toEqual(['pending-at-channel'])
  expect(story.intent('create-order')).toBeUndefined()
  story.pass(100_000)
  expect(story.count('stage.missed')).toBe(0)
  story.captured(free)
  expect(story.intent('create-order')).toBe('pending')
})

test('an unpaid order waits, unless the settings accept it', () => {
  const story = tellStory()
  story.captured(orderOf({ payment: 'pending' }))
  expect(story.exceptions()).toEqual(['payment-pending'])
  const trusting = tellStory({ ...policy, holdsUnpaid: () => false })
  trusting.captured(orderOf({ payment: 'pending' }))
  expect(trusting.exceptions()).toEqual([])
})

test('a message without holds leaves them unchanged', () => {
  const story = tellStory()
  story.captured(heldFor('fraud'), 'fetched')
  story.captured(orderOf({ version: seconds(30) }))
  expect(story.exceptions()).toEqual(['fraud-review'])
  story.captured(free)
  expect(story.exceptions()).toEqual([])
})

test.each(['voided', 'refunded'] as const)(
  'an order whose payment was %s is not sent',
  (payment) => {
    const story = tellStory()
    story.captured(orderOf({ payment }))
    expect(story.exceptions()).toEqual(['payment-pending'])
  },
)

test('a person holds and resumes an order', () => {
  const story = tellStory()
  story.captured()
  story.command({ do: 'hold', reason: 'the customer will call back' })
  expect(story.claimed('create-order').events).toEqual([])
  expect(story.state.exceptions['on-hold']?.reason).toBe('the customer will call back')
  story.command({ do: 'resume', reason: 'she did' })
  expect(story.exceptions()).toEqual([])
  story.did('create-order')
  expect(story.status).toBe('accepted')
  expect(story.count('command.given')).toBe(2)
})

describe('an order that the channel wants accepted', () => {
  const awaited = orderOf({ ...heldFor('pending'), acceptance: 'awaited', people: {} })

  test('is accepted there first, and posted when it is final', () => {
    const story = tellStory(able('accept-order'))
    story.captured(awaited)
    expect(story.intent('accept-order')).toBe('pending')
    story.did('accept-order')
    expect(story.intent('create-order')).toBeUndefined()
    story.captured(free)
    story.did('create-order')
    expect(story.status).toBe('accepted')
  })

  test('is not accepted when it could not be fulfilled, nor when a person holds it', () => {
    const story = tellStory({ ...able('accept-order'), route: () => undefined })
    story.captured(awaited)
    expect(story.intent('accept-order')).toBeUndefined()
    const held = tellStory(able('accept-order'))
    held.captured(awaited)
    held.command({ do: 'hold', reason: 'wait' })
    expect(held.claimed('accept-order').events).toEqual([])
  })

  test('need not be accepted any more when it was accepted over there', () => {
    const story = tellStory(able('accept-order'))
    story.captured(awaited)
    story.captured(free)
    expect(story.intent('accept-order')).toBe('withdrawn')
  })
})

describe('the warehouse', () => {
  test('stops and continues; an old notice changes nothing, in any order', () => {
    for (const order of [
      ['held', 'resumed'],
      ['resumed', 'held'],
    ]) {
      const story = tellStory().released()
      for (const type of order) {
        if (type === 'held') story.held('out of boxes', seconds(10))
        else story.resumed(seconds(20))
      }
      expect(story.exceptions()).toEqual([])
      story.held('out of tape', seconds(30))
      expect(story.exceptions()).toEqual(['warehouse-hold'])
    }
  })

  test('blocks nothing by a notice about a release that it cancelled, whenever it arrives', () => {
    const steps: readonly ((story: ReturnType<typeof tellStory>) => void)[] = [
      (story) => story.held('out of boxes', seconds(10)),
      (story) => story.captured(orderOf({ version: seconds(60), people: { shipTo: elsewhere } })),
      (story) => story.claimed('cancel-release'),
      (story) => story.did('cancel-release'),
      (story) => story.claimed('release-order:2'),
      (story) => story.did('release-order:2'),
    ]
    for (const late of steps.keys()) {
      const story = tellStory(able('cancel-release', 'amend-order'))
      story.released()
      for (const [at, step] of steps.entries()) {
        step(story)
        if (at !== late) continue
        story.tell({
          type: 'held',
          connection: wms,
          reason: 'cancelled',
          since: seconds(20),
          warehouseOrder: 'id of release-order',
        })
        if (at > 2) expect(story.exceptions()).toEqual([])
      }
      expect(story.exceptions()).toEqual([])
    }
  })

  test('blocks nothing between two releases, whatever number it uses', () => {
    const story = tellStory(able('cancel-release', 'amend-order'))
    story.released()
    story.captured(orderOf({ version: seconds(60), people: { shipTo: elsewhere } }))
    story.did('cancel-release')
    story.held('cancelled', seconds(20))
    story.did('release-order:2')
    expect(story.exceptions()).toEqual([])
    story.held('out of boxes', seconds(30))
    expect(story.exceptions()).toEqual(['warehouse-hold'])
  })

  test('holds what may be the release in force before that is known by its number', () => {
    const story = tellStory(able('cancel-release', 'amend-order'))
    story.released()
    story.captured(orderOf({ version: seconds(60), people: { shipTo: elsewhere } }))
    story.did('cancel-release')
    story.claimed('release-order:2')
    story.tell({
      type: 'held',
      connection: wms,
      reason: 'out of boxes',
      since: seconds(70),
      warehouseOrder: 'id of release-order:2',
    })
    expect(story.exceptions()).toEqual(['warehouse-hold'])
    story.did('release-order:2')
    expect(story.exceptions()).toEqual(['warehouse-hold'])
  })

  test('is not spoken for by a system that was not given the order', () => {
    const story = tellStory().released()
    const since = seconds(10)
    story.tell({ type: 'held', connection: erp, reason: 'mine', since })
    story.tell({
      type: 'backordered',
      connection: shop,
      lines: [{ sku: 'MUG', quantity: 1 }],
      since,
    })
    expect(story.exceptions()).toEqual([])
    story.held('out of boxes', since)
    story.tell({ type: 'resumed', connection: erp, since: seconds(20) })
    expect(story.exceptions()).toEqual(['warehouse-hold'])
  })

  test('has less than was released: it stands until it ships or is cancelled', () => {
    const story = tellStory(able('amend-order', 'amend-release', 'cancel-sale')).released()
    const short = (quantity: number, since: number) =>
      story.backordered([{ sku: 'MUG', quantity }], seconds(since))
    short(1, 10)
    expect(story.exceptions()).toEqual(['backordered'])
    expect(short(2, 5).events).toEqual([])
    story.shipped('P1', { MUG: 1, PLATE: 1 })
    expect(story.exceptions()).toEqual(['backordered'])
    story.command({ do: 'cancel', reason: 'no stock', lines: [{ id: '1', quantity: 1 }] })
    expect(story.exceptions()).toEqual([])
  })
})

describe('a parcel reported after the warehouse cancelled the rest', () => {
  const late = { ...parcelOf('P1', { MUG: 1 }), warehouseOrder: 'id of release-order' }
  const again = () => {
    const story = tellStory(able('cancel-release', 'amend-order'))
    story.released()
    story.captured(orderOf({ version: seconds(60), people: { shipTo: elsewhere } }))
    story.did('cancel-release')
    return story
  }

  test('is not asked for again', () => {
    const story = again()
    story.shipped(late)
    story.did('release-order:2')
    expect(story.state.lines[0]).toMatchObject({ shippedEarlier: 1, shipped: 1, released: 2 })
  })

  test('says nothing of the release that is under way', () => {
    const story = again()
    story.claimed('release-order:2')
    story.shipped(late)
    expect(story.intent('release-order:2')).toBe('sent')
    story.outcome('release-order:2', doubt('no answer'))
    expect(story.intent('release-order:2')).toBe('doubt')
  })

  test('takes back what was asked for too much', () => {
    const story = again()
    story.did('release-order:2')
    story.shipped(late)
    expect(story.intent('cancel-release:2')).toBe('pending')
  })
})

describe('a parcel that the warehouse corrects', () => {
  const parcel = (units: Record<string, number>, revision: number) => ({
    id: 'P1',
    lines: Object.entries(units).map(([sku, quantity]) => ({ sku, quantity })),
    shippedAt: seconds(0),
    revisedAt: seconds(revision),
    warehouseOrder: 'W-1',
  })

  test('counts as it was reported last, whatever came first', () => {
    for (const revisions of [
      [1, 2],
      [2, 1],
    ]) {
      const story = tellStory().released()
      for (const r of revisions) story.shipped(parcel({ MUG: r }, r))
      expect(story.lines()[0]).toEqual([2, 0, 2, 2])
      expect(story.intent('post-shipment:P1')).toBe('pending')
      expect(story.exceptions()).toEqual([])
    }
  })

  test('before it is known that the order was released, counts as it was reported last, too', () => {
    for (const revisions of [
      [1, 2],
      [2, 1],
    ]) {
      const story = tellStory()
      story.captured()
      for (const r of revisions) story.shipped(parcel({ MUG: r }, r))
      story.did('create-order')
      story.claimed('release-order')
      expect(story.lines()[0]?.at(-1)).toBe(2)
    }
  })

  test('after it was reported to the ERP: a person corrects it there', () => {
    const story = tellStory().released()
    story.shipped(parcel({ MUG: 2 }, 1))
    story.did('post-shipment:P1')
    story.shipped(parcel({ MUG: 1 }, 2))
    expect(story.exceptions()).toEqual(['shipment-corrected:P1'])
    expect(story.lines()[0]).toEqual([2, 0, 2, 1])
  })

  test('without changes is only recorded', () => {
    const story = tellStory().released()
    story.shipped(parcel({ MUG: 2 }, 1))
    story.did('post-shipment:P1')
    const { events } = story.shipped(parcel({ MUG: 2 }, 3))
    expect(events.map(({ type }) => type)).toEqual(['shipment.seen'])
    expect(story.shipped(parcel({ MUG: 1 }, 2)).events).toEqual([])
  })

  test('is no longer strange when the correction fits', () => {
    const story = tellStory().released()
    story.shipped(parcel({ MUG: 3, SPOON: 1 }, 1))
    expect(story.exceptions()).toEqual(['over-shipped:P1', 'unknown-shipment-line:P1'])
    story.shipped(parcel({ MUG: 2 }, 2))
    expect(story.exceptions()).toEqual([])
  })
})

test('a different total at the ERP blocks the release until finance resolves it', () => {
  const story = tellStory()
  story.captured()
  story.claimed('create-order')
  story.made('create-order', { id: '9', differs: 'NetSuite makes 28.99 of 29.00 USD' })
  expect(story.status).toBe('accepted')
  expect(story.exceptions()).toEqual(['money-mismatch:erp'])
  expect(story.claimed('release-order').events).toEqual([])
  story.command({ do: 'resolve', code: 'money-mismatch', subject: 'erp', note: 'a cent' })
  story.did('release-order')
  expect(story.status).toBe('released')
})

test('a different total is corrected by the next amendment', () => {
  const story = tellStory(able('amend-order'))
  story.captured()
  story.claimed('create-order')
  story.made('create-order', { id: '9', differs: 'NetSuite makes 28.99 of 29.00 USD' })
  story.captured(orderOf({ version: seconds(60), people: { shipTo: elsewhere } }))
  story.did('amend-order')
  expect(story.exceptions()).toEqual([])
})

test('a different total of a cancelled document raises no exception', () => {
  const story = tellStory()
  story.captured()
  story.claimed('create-order')
  story.made('create-order', { id: '9', differs: 'NetSuite makes 28.99 of 29.00 USD' })
  story.command({ do: 'cancel', reason: 'sorry' })
  story.did('cancel-order')
  expect(story.exceptions()).not.toContain('money-mismatch:erp')
})

test('what an earlier attempt made of an older version is brought up to date and not compared', () => {
  const story = tellStory(able('amend-order'))
  story.captured()
  story.failed('create-order', doubt('no answer'))
  story.captured(orderOf({ version: seconds(60), people: { shipTo: elsewhere } }))
  story.wait(2)
  story.claimed('create-order')
  const differs = 'NetSuite makes 29.00 of 19.00 USD'
  story.made('create-order', { id: '9', differs }, 'look')
  expect(story.status).toBe('accepted')
  expect(story.exceptions()).toEqual([])
  expect(story.intent('amend-order')).toBe('pending')
})

import fc from 'fast-check'
import { impossibleIn, inWords } from '../../domain/order/impossible.ts'
import type { Order, OrderLine } from '../../schemas/canonical/order.ts'
import { tries } from '../support/laws.ts'
import { able, lineOf, orderOf, seconds } from '../support/orders.ts'
import { openStockRoom, wanting } from '../support/stock-room.ts'
import { tellStory } from '../support/story.ts'
import { jumbled, versionsOf } from '../support/versions.ts'

const capable = able('amend-order', 'amend-release', 'cancel-release', 'accept-order')
const carriage = { title: 'Standard', price: 300, discount: 0, tax: 0 }

/** One way in which an order cannot be true, and what a reason has to say of it. */
type Way = readonly [says: string, change: (order: Order) => Partial<Order>]

const firstLine =
  (change: Partial<OrderLine>) =>
  ({ lines: [first = lineOf(), ...others] }: Order): Partial<Order> => ({
    lines: [{ ...first, ...change }, ...others],
  })

const ways: readonly Way[] = [
  [
    'lines[1].id is 1, also the id of lines[0]',
    ({ lines: [first = lineOf()] }) => ({ lines: [first, first] }),
  ],
  ['lines[0].unitPrice is -0.01 USD', firstLine({ unitPrice: -1 })],
  ['lines[0].discount is -0.01 USD', firstLine({ discount: -1 })],
  ['lines[0].discount is 1000.00 USD on', firstLine({ discount: 100_000 })],
  ['lines[0].tax is -0.01 USD', firstLine({ tax: -1 })],
  ['lines[0].quantity is 1000000000', firstLine({ quantity: 1_000_000_000 })],
  ['lines[0].quantity is 100001', firstLine({ quantity: 100_001 })],
  ['lines[0].removed is 100001 of', firstLine({ removed: 100_001 })],
  [
    'lines[0].unitPrice is 90071992547409.91 USD for each of',
    firstLine({ quantity: 9, unitPrice: Number.MAX_SAFE_INTEGER }),
  ],
  ['lines[0].tax is 0.01 USD on 0 units', firstLine({ quantity: 0, removed: 0, tax: 1 })],
  ['shipping[0].price is -0.01 USD', () => ({ shipping: [{ ...carriage, price: -1 }] })],
  ['shipping[0].tax is -0.01 USD', () => ({ shipping: [{ ...carriage, tax: -1 }] })],
  [
    'shipping[0].discount is 3.01 USD on 3.00 USD',
    () => ({ shipping: [{ ...carriage, discount: 301 }] }),
  ],
  [
    'charges[0].amount is -0.01 USD',
    () => ({ charges: [{ kind: 'fee', title: 'Fee', amount: -1 }] }),
  ],
  ['tenders[0].amount is -0.01 USD', () => ({ tenders: [{ method: 'card', amount: -1 }] })],
  ['facilitatedTax is -0.01 USD', () => ({ facilitatedTax: -1 })],
  ['discount is -0.01 USD', () => ({ discount: -1 })],
  ['discount is 1000000.00 USD on', () => ({ discount: 100_000_000 })],
  ['tax is', () => ({ tax: -100_000_000 })],
  ['total is -5.00 USD', () => ({ total: -500 })],
  ['currentTotal is -5.00 USD', () => ({ currentTotal: -500 })],
  [
    'total is',
    ({ total }) => ({
      total,
      shipping: [carriage, carriage].map((one) => ({ ...one, price: Number.MAX_SAFE_INTEGER })),
    }),
  ],
  ['currency is XYZ', () => ({ currency: 'XYZ' })],
  ['currency is XTS', () => ({ currency: 'XTS' })],
  ['currency is XAU', () => ({ currency: 'XAU' })],
]

const spoiled = (order: Order, [, change]: Way): Order => ({ ...order, ...change(order) })

test.each(ways)('%s', (says, change) => {
  const wrong = inWords(impossibleIn(spoiled(orderOf(), [says, change])))
  expect(wrong).toContain(says)
})

test('the ledger keeps one line per id', () => {
  const story = tellStory(capable)
  story.captured(orderOf({ lines: [lineOf(), lineOf({ sku: 'PLATE' }), lineOf({ id: '2' })] }))
  expect(story.state.lines.map(({ id, sku }) => [id, sku])).toEqual([
    ['1', 'MUG'],
    ['2', 'MUG'],
  ])
})

test('a reason names the first findings and counts the others', () => {
  const lines = Array.from({ length: 9 }, (_, i) => lineOf({ id: String(i), unitPrice: -1 }))
  const wrong = inWords(impossibleIn(orderOf({ lines: lines as Order['lines'], total: 0 })))
  expect(wrong).toMatch(/^lines\[0\]\.unitPrice .+; lines\[4\]\.unitPrice .+; and 4 more$/)
})

const nothing: Partial<Order> = { shipping: [], total: 0, currentTotal: 0 }

test.each<readonly [string, Partial<Order>]>([
  ['all of it is given away', { ...nothing, lines: [lineOf({ discount: 2000 })] }],
  ['it is a free sample', { ...nothing, lines: [lineOf({ unitPrice: 0 })] }],
  [
    'a code takes goods, shipping and tax',
    { lines: [lineOf({ tax: 380 })], discount: 2680, total: 0 },
  ],
  ['it is a gift card', { lines: [lineOf({ giftCard: true, shippable: false })] }],
  [
    'it is a tip and a download',
    {
      lines: [lineOf({ shippable: false })],
      charges: [{ kind: 'tip', title: 'Tip', amount: 500 }],
      total: 2800,
    },
  ],
  [
    'a line was taken off it',
    { lines: [lineOf({ removed: 2 }), lineOf({ id: '2' })], currentTotal: 2300 },
  ],
  ['its money was paid back and its goods are open', { payment: 'refunded', currentTotal: 0 }],
  ['it was cancelled', { cancelledAt: seconds(1), lines: [lineOf({ removed: 2 })] }],
  [
    'it was cancelled, with a fee',
    { cancelledAt: seconds(1), lines: [lineOf({ removed: 2 })], currentTotal: 500 },
  ],
  [
    'what came back after it had left had a fee',
    { lines: [lineOf({ removed: 2, fulfilled: 2 })], currentTotal: 2300 },
  ],
  [
    'lines are taxed by the order, with a cent to spare',
    { lines: [lineOf({ tax: 201 })], tax: -1 },
  ],
  [
    'three were rounded down, and what is off them was not',
    { ...nothing, lines: [lineOf({ quantity: 3, unitPrice: 305, discount: 916 })] },
  ],
  ['it is the most of a line that there may be', { lines: [lineOf({ quantity: 100_000 })] }],
])('nothing is impossible where %s', (_, change) => {
  const story = tellStory(capable)
  story.captured(orderOf(change))
  expect(story.exceptions()).not.toContain('impossible-order')
})

const unitless = (quantity: number, change: Partial<Order> = {}) =>
  orderOf({ lines: [lineOf({ quantity, removed: quantity })], shipping: [], ...change })

test.each([0, 2])('of %i units none is left and all of the money is: it is not cancelled', (n) => {
  const story = tellStory(capable)
  story.captured(unitless(n, { total: 3600, currentTotal: 3600 }))
  expect(story.exceptions()).toEqual(['impossible-order'])
  expect(story.state.exceptions['impossible-order']).toMatchObject({
    owner: 'finance',
    reason: expect.stringContaining('currentTotal is 36.00 USD and no unit is left'),
  })
  expect(story.state.cancelRequestedAt).toBeUndefined()

  story.captured(unitless(n, { total: 3600, currentTotal: 0, version: seconds(60) }))
  expect(story.status).toBe('cancelled')
  expect(story.exceptions()).toEqual([])
})

test('when units come off a released order and the money follows, they come off at the warehouse then', () => {
  const story = tellStory(capable).released()
  const gone: Partial<Order> = { lines: [lineOf({ removed: 2 })], total: 2300 }
  story.captured(orderOf({ ...gone, currentTotal: 2300, version: seconds(60) }))
  expect(story.exceptions()).toEqual(['impossible-order'])
  expect(story.intent('cancel-release')).toBeUndefined()
  story.captured(orderOf({ ...gone, currentTotal: 0, version: seconds(120) }))
  expect(story.intent('cancel-release')).toBe('pending')
})

test.each([
  ['a fee', { currentTotal: 500 }],
  ['the shipping', { shipping: [carriage], total: 2300, currentTotal: 300 }],
])(
  'every unit was taken back and %s kept: it is cancelled, and finance knows of it',
  (_, change) => {
    const story = tellStory(capable)
    story.captured(orderOf())
    const kept = unitless(2, { total: 2000, version: seconds(60), ...change })
    story.captured(kept)
    expect(story.status).toBe('cancelled')
    expect(story.exceptions()).toEqual(['money-kept'])
    expect(story.state.exceptions['money-kept']?.reason).toContain(
      `${change.currentTotal / 100}.00 USD`,
    )

    story.captured({ ...kept, version: seconds(120), currentTotal: 0 })
    expect(story.exceptions()).toEqual([])
  },
)

test('an order whose goods have left does not lose them to a version that never had any', () => {
  const story = tellStory(capable).released()
  story.shipped('P1', { MUG: 2, PLATE: 1 })
  const none = [lineOf({ quantity: 0 }), lineOf({ id: '2', quantity: 0 })]
  const total = orderOf().total
  story.captured(orderOf({ lines: none, total, currentTotal: total, version: seconds(60) }))
  expect(story.exceptions()).toEqual(['impossible-order'])
  story.captured(orderOf({ version: seconds(120) }))
  expect(story.exceptions()).toEqual([])
})

test('it cannot be resolved or fixed by an edit', () => {
  const story = tellStory(capable)
  story.captured(orderOf())
  const good = orderOf()
  story.captured(orderOf({ version: seconds(60), total: -500 }))
  story.command({ do: 'resolve', code: 'impossible-order', subject: '', note: 'never mind' })
  const { rev } = story.state
  const edit = { id: 'e', by: 'jane', rev, field: 'note', reason: 'asked' } as const
  story.tell({ type: 'edited', ...edit, order: { ...good, people: { ...good.people, note: 'x' } } })
  expect(story.exceptions()).toEqual(['impossible-order'])
  story.command({ do: 'cancel', reason: 'nonsense' })
  expect(story.status).toBe('cancelled')
})

test('an order without a unit is cancelled by a person too', () => {
  const story = tellStory(capable)
  story.captured(unitless(0, { total: 3600, currentTotal: 3600 }))
  story.command({ do: 'cancel', reason: 'nonsense' })
  expect(story.status).toBe('cancelled')
  expect(story.exceptions()).toEqual([])
})

test('a hold that a version without a word of holds leaves standing outlives one that cannot be true', () => {
  const story = tellStory(capable)
  story.captured(orderOf({ holds: [{ kind: 'fraud', reason: 'looked at' }] }))
  story.captured(orderOf({ version: seconds(60), total: -500 }))
  story.captured(orderOf({ version: seconds(120) }))
  expect(story.exceptions()).toEqual(['fraud-review'])
})

const commitments = new Set([
  'create-order',
  'amend-order',
  'release-order',
  'amend-release',
  'accept-order',
  'cancel-release',
  'cancel-order',
])

test('while the latest version cannot be true, nothing is asked of any system, whatever came before', () => {
  const cases = fc.record({
    versions: versionsOf({ most: 3 }),
    done: fc.array(
      fc.constantFrom('create-order', 'release-order', 'amend-order', 'amend-release'),
      { maxLength: 4 },
    ),
    way: fc.constantFrom(...ways),
    again: fc.boolean(),
  })
  fc.assert(
    fc.property(cases, ({ versions, done, way, again }) => {
      const story = tellStory(capable)
      const alive = versions.filter(({ cancelledAt }) => cancelledAt === undefined)
      for (const order of alive) {
        story.captured(order)
        for (const intent of done) if (story.intent(intent) === 'pending') story.did(intent)
      }
      const last = alive.at(-1) ?? orderOf()
      const wrong = { ...spoiled(last, way), version: seconds(10_000) }
      const begun = story.events.length
      story.captured(wrong)
      if (again) story.captured(wrong)
      story.pass(86_400)
      expect(story.exceptions()).toContain('impossible-order')
      const asked = story.events
        .slice(begun)
        .flatMap((event) => (event.type === 'effect.requested' ? [event.effect] : []))
        .filter((effect) => commitments.has(effect))
      expect(asked).toEqual([])
      for (const intent of Object.keys(story.state.intents)) {
        if (commitments.has(story.state.intents[intent]?.effect ?? '')) {
          expect(story.claimed(intent).events).toEqual([])
        }
      }
    }),
    tries(300),
  )
})

test('in any order of arrival, with such versions in between, the last good one holds', () => {
  const cases = fc
    .record({ versions: versionsOf({ most: 3 }), way: fc.constantFrom(...ways), at: fc.nat(2) })
    .map(({ versions, way, at }) => {
      const order = versions[at % versions.length] ?? orderOf()
      const between = new Date(Date.parse(order.version) - 1000).toISOString()
      return { versions, wrong: { ...spoiled(order, way), version: between } }
    })
    .chain(({ versions, wrong }) =>
      fc.record({ versions: fc.constant(versions), untidy: jumbled([...versions, wrong]) }),
    )
  const end = (orders: readonly Order[]) => {
    const story = tellStory(capable)
    for (const order of orders) story.captured(order)
    const { seen, lines, problems, cancelledAt } = story.state
    return {
      seen: { ...seen, authority: '' },
      lines,
      problems,
      exceptions: story.exceptions(),
      cancelledAt,
    }
  }
  fc.assert(
    fc.property(cases, ({ versions, untidy }) => {
      expect(end(untidy)).toEqual(end(versions))
    }),
    tries(300),
  )
})

describe('stock', () => {
  const placed = async (change: (order: Order) => Partial<Order>) => {
    const room = openStockRoom()
    await room.count('MUG', { at: seconds(0), onHand: 5 })
    const order = wanting(1, { MUG: 2 })
    return { room, order, wrong: { ...order, ...change(order) } }
  }

  test.each(ways)('is not taken by an order whose %s', async (_, change) => {
    const { room, wrong } = await placed(change)
    await room.place(wrong, seconds(1))
    expect(room.of('MUG')).toMatchObject({ onHand: 5, reserved: 0 })
  })

  test.each(ways)('that is taken stays when a later version says %s', async (_, change) => {
    const { room, order, wrong } = await placed(change)
    await room.place(order, seconds(1))
    await room.place({ ...wrong, version: seconds(2) }, seconds(2))
    expect(room.of('MUG').reserved).toBe(2)
    await room.place({ ...order, version: seconds(3) }, seconds(3))
    expect(room.of('MUG').reserved).toBe(2)
  })
})

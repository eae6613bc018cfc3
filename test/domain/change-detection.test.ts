import fc from 'fast-check'
import type { z } from 'zod'
import { decide } from '../../domain/order/decide.ts'
import { difference, digestOf } from '../../domain/order/digest.ts'
import { unknownOrder } from '../../domain/order/state.ts'
import { Order } from '../../schemas/canonical/order.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { tries } from '../support/laws.ts'
import { lineOf, orderOf, policy, seconds, start } from '../support/orders.ts'
import { type Story, tellStory } from '../support/story.ts'

const address = {
  name: 'A. Recipient',
  company: 'Example Ltd',
  address1: 'Street 1',
  address2: 'Floor 2',
  city: 'Town',
  province: 'County',
  provinceCode: 'CO',
  postalCode: '12345',
  countryCode: 'DE',
  phone: '+49 1',
}
const line = { taxCode: 'A', unit: 'C62', fulfilledByChannel: false }

/** An order in which every field of the schema has a value. */
const whole: Order = orderOf({
  cancelledAt: seconds(5),
  cancelReason: 'customer',
  lines: [lineOf(line), lineOf({ id: '2', sku: 'PLATE', ...line })],
  shipping: [{ title: 'Standard', code: 'STD', price: 300, discount: 0, tax: 0 }],
  charges: [{ kind: 'tip', title: 'Tip', amount: 100 }],
  holds: [{ kind: 'fraud', reason: 'high risk' }],
  acceptance: 'given',
  tenders: [{ method: 'card', amount: 2900 }],
  facilitatedTax: 10,
  presentment: { currency: 'EUR', total: 2500 },
  people: {
    customer: { id: '7', name: 'A. Buyer', email: 'a@example.com', phone: '+49 2' },
    shipTo: address,
    billTo: address,
    note: 'Ring twice',
    edits: [{ field: 'note', old: null, value: 'Ring twice', by: 'clerk', at: seconds(1) }],
  },
})

type Path = readonly (string | number)[]

/** Every leaf of the schema; of an array the first element stands for all. */
function leavesOf(schema: z.core.$ZodType, path: Path = []): readonly Path[] {
  const { def } = schema._zod
  const parts = Object(def)
  switch (def.type) {
    case 'object':
      return Object.entries<z.core.$ZodType>(parts.shape).flatMap(([key, value]) =>
        leavesOf(value, [...path, key]),
      )
    case 'array':
      return leavesOf(parts.element, [...path, 0])
    case 'optional':
      return leavesOf(parts.innerType, path)
    default:
      return [path]
  }
}

const holderOf = (order: Order, path: Path) =>
  path.slice(0, -1).reduce<object>((value, key) => Object(Reflect.get(value, key)), order)

/** The order with another value in one field. */
function changed(order: Order, path: Path): Order {
  const copy = structuredClone(order)
  const key = path.at(-1) ?? ''
  const value: unknown = Reflect.get(holderOf(copy, path), key)
  Reflect.set(holderOf(copy, path), key, another(value))
  return copy
}

function another(value: unknown): unknown {
  if (typeof value === 'number') return value + 1
  if (typeof value === 'boolean') return !value
  return typeof value === 'string' ? `${value}x` : 'x'
}

const nameOf = (path: Path): string => path.join('.')
/** What orders versions, and what people wrote here rather than the channel. */
const apart = (path: Path): boolean => path[0] === 'version' || nameOf(path).includes('edits')
const leaves = leavesOf(Order).filter((path) => !apart(path))

test('the sample has a value in every field of the schema', () => {
  const absent = leaves.filter((path) => {
    const value: unknown = Reflect.get(holderOf(whole, path), path.at(-1) ?? '')
    return value === undefined
  })
  expect(leaves.length).toBeGreaterThan(60)
  expect(absent.map(nameOf)).toEqual([])
})

test.each(leaves.map((path) => [nameOf(path), path] as const))(
  'another %s is another digest',
  (_, path) => {
    expect(difference(digestOf(changed(whole, path)), digestOf(whole))).toBe('some')
  },
)

/** What a body of the same second may say otherwise without being another order. */
const sayable = leaves.filter(
  (path) => !['id', 'connection', 'channelOrderId'].includes(nameOf(path)),
)

test('the second of two different bodies of one second is applied, or the order is fetched', () => {
  const order = fc.constantFrom('whole', 'open').map((which) => {
    const { cancelledAt: _, cancelReason: __, ...open } = whole
    return which === 'whole' ? whole : open
  })
  const pairs = fc.record({ order, path: fc.constantFrom(...sayable), turned: fc.boolean() })
  const decided = (before: OrderState, body: Order) =>
    decide(
      before,
      { type: 'snapshot', order: body, authority: 'body', receivedAt: start, at: start },
      policy,
    )
  fc.assert(
    fc.property(pairs, ({ order: one, path, turned }) => {
      const bodies = [one, changed(one, path)]
      const [first = one, second = one] = turned ? bodies.toReversed() : bodies
      const { after } = decided(unknownOrder(one.id), first)
      const { ask, events } = decided(after, second)
      expect(ask === 'fetch' || events.length > 0).toBe(true)
    }),
    tries(300),
  )
})

describe('a body of the same second that leaves less to deliver is applied at once', () => {
  const standing = (told: (story: Story) => unknown): Story => {
    const story = tellStory()
    story.captured()
    story.did('create-order')
    told(story)
    return story
  }

  test('cancelled: nothing is released', () => {
    const story = standing((one) => one.captured(orderOf({ cancelledAt: seconds(0) })))
    expect(story.status).toBe('cancelled')
    expect(story.intent('release-order')).toBe('withdrawn')
  })

  test('fulfilled by the shop: the warehouse is not asked', () => {
    const lines = orderOf().lines.map((one) => ({ ...one, fulfilled: one.quantity }))
    const story = standing((one) => one.captured(orderOf({ lines: Object(lines) })))
    expect(story.state.lines.map(({ assignedToChannel }) => assignedToChannel)).toEqual([2, 1])
    expect(story.intent('release-order')).toBe('withdrawn')
    expect(story.claimed('release-order').events).toEqual([])
  })

  test('and is released after all when the shop takes its fulfilment back', () => {
    const lines = orderOf().lines.map((one) => ({ ...one, fulfilled: one.quantity }))
    const story = standing((one) => one.captured(orderOf({ lines: Object(lines) })))
    story.captured(orderOf({ version: seconds(9) }))
    expect(story.claimed('release-order').events).toHaveLength(1)
  })

  test('cancelled here before: two bodies that differ otherwise are asked for', () => {
    const cancelledAt = seconds(0)
    const story = standing((one) => one.command({ do: 'cancel', reason: 'sorry' }))
    story.captured(orderOf({ cancelledAt, version: seconds(9) }))
    const other = orderOf({ cancelledAt, version: seconds(9), number: '#7' })
    expect(story.captured(other)).toMatchObject({ ask: 'fetch', events: [] })
  })

  test('and one of that second that leaves more afterwards is not', () => {
    const story = standing((one) => one.captured(orderOf({ cancelledAt: seconds(0) })))
    expect(story.captured()).toMatchObject({ ask: 'fetch', events: [] })
    expect(story.status).toBe('cancelled')
  })
})

test('two bodies of one second never alternate, whatever happened before', () => {
  const units = fc.record({ removed: fc.nat(2), fulfilled: fc.nat(2) })
  const bodies = fc
    .record({
      mugs: units,
      voucher: units,
      isCancelled: fc.boolean(),
      note: fc.constantFrom('a', 'b'),
    })
    .map(({ mugs, voucher, isCancelled, note }) =>
      orderOf({
        version: seconds(60),
        lines: [lineOf(mugs), lineOf({ id: '2', sku: 'VOUCHER', shippable: false, ...voucher })],
        people: { ...orderOf().people, note },
        ...(isCancelled && { cancelledAt: seconds(60) }),
      }),
    )
  const phases: readonly ((story: Story) => unknown)[] = [
    () => {},
    (story) => story.did('create-order'),
    (story) => [story.did('create-order'), story.did('release-order')],
    (story) => [story.released(), story.shipped('P1', { MUG: 1 })],
    (story) => [story.did('create-order'), story.command({ do: 'cancel', reason: 'sorry' })],
  ]
  fc.assert(
    fc.property(bodies, bodies, fc.constantFrom(...phases), (one, other, phase) => {
      const story = tellStory()
      story.captured(
        orderOf({
          lines: one.lines.map((line) => ({ ...line, removed: 0, fulfilled: 0 })) as Order['lines'],
        }),
      )
      phase(story)
      story.captured(one)
      story.captured(other)
      const again = [story.captured(one), story.captured(other)]
      expect(again.flatMap(({ events }) => events.map(({ type }) => type))).toEqual([])
    }),
    tries(500),
  )
})

describe("the channel's echo of our own parcels", () => {
  const [mug = lineOf(), plate = lineOf()] = orderOf().lines
  const fulfilling = (fulfilled: number) =>
    orderOf({ version: seconds(60), holds: [], lines: [{ ...mug, fulfilled }, plate] })
  const released = () => {
    const story = tellStory()
    story.captured()
    story.did('create-order')
    story.did('release-order')
    return story
  }
  const types = ({ events }: Story, from: number) =>
    events.slice(from).flatMap(({ type }) => (type.startsWith('order.') ? [type] : []))

  test('is seen and no amendment', () => {
    const story = released()
    story.shipped('P1', { MUG: 2 })
    const from = story.events.length
    story.captured(fulfilling(2))
    expect(types(story, from)).toEqual(['order.seen'])
    expect(story.captured(fulfilling(2)).events).toEqual([])
  })

  test('is an amendment when it is more than left here', () => {
    const story = released()
    story.shipped('P1', { MUG: 1 })
    const from = story.events.length
    story.captured(fulfilling(2))
    expect(types(story, from)).toEqual(['order.amended'])
    expect(story.exceptions()).toContain('already-fulfilled')
  })

  test('leaves what is held on a line as it is when holds come with it', () => {
    const story = released()
    story.shipped('P1', { MUG: 2 })
    story.captured({ ...fulfilling(2), holds: [{ kind: 'other', reason: 'stop' }] })
    expect(story.exceptions()).toContain('channel-hold')
    const from = story.events.length
    story.captured({ ...fulfilling(2), version: seconds(90) })
    expect(types(story, from)).toEqual(['order.amended'])
    expect(story.exceptions()).not.toContain('channel-hold')
  })
})

describe('a body that does not speak of holds', () => {
  const { holds: _, ...silent } = whole

  test('is no other version of one that does', () => {
    const story = tellStory()
    story.captured(whole)
    expect(story.captured(silent)).toMatchObject({ events: [] })
    expect(story.captured(silent).ask).toBeUndefined()
  })

  test('is completed by one that does', () => {
    const story = tellStory()
    story.captured(silent)
    expect(story.captured(whole).ask).toBeUndefined()
    expect(story.state.seen?.digest).toBe(digestOf(whole))
  })
})

test('if orders cannot be fetched, the last body received of one second wins, in any order of processing', () => {
  const bodies = [
    orderOf(),
    orderOf({ lines: [lineOf({ quantity: 3 })] }),
    orderOf({ number: '#7' }),
  ]
  const arrivals = fc.shuffledSubarray([0, 1, 2], { minLength: 3 })
  fc.assert(
    fc.property(arrivals, (order) => {
      const story = tellStory()
      for (const i of order) {
        const body = bodies[i] ?? orderOf()
        story.tell({ type: 'snapshot', order: body, authority: 'sole', receivedAt: seconds(i) })
      }
      expect(story.state.seen?.digest).toBe(digestOf(orderOf({ number: '#7' })))
    }),
    tries(50),
  )
})

import fc from 'fast-check'
import type { Subject } from '../../domain/effects/effect.ts'
import { sumOfParts } from '../../domain/order/sum.ts'
import { Order } from '../../schemas/canonical/order.ts'
import { fixture } from './fixtures.ts'

const plain = Order.parse(fixture('netsuite', 'plain.order.json'))
const minor = fc.integer({ min: 0, max: 5_000_000 })
const little = fc.integer({ min: 0, max: 100_000 })

/** Orders with any amounts that add up, of whatever currency. */
export const anyMoney: fc.Arbitrary<Order> = fc
  .record({
    lines: fc.array(
      fc.record({
        quantity: fc.integer({ min: 1, max: 40 }),
        unitPrice: minor,
        discount: little,
        tax: little,
      }),
      { minLength: 1, maxLength: 6 },
    ),
    shipping: fc.array(
      fc.record({ title: fc.constant('Ground'), price: minor, discount: minor, tax: minor }),
      { maxLength: 2 },
    ),
    charges: fc.array(
      fc.record({ kind: fc.constantFrom('tip', 'duty', 'fee'), title: fc.string(), amount: minor }),
      { maxLength: 3 },
    ),
    discount: minor,
    tax: minor,
    taxesIncluded: fc.boolean(),
    currency: fc.constantFrom('USD', 'JPY', 'KWD', 'EUR'),
  })
  .map(({ lines, ...rest }) => {
    const numbered = lines.map((line, n) => ({
      ...plain.lines[0],
      removed: 0,
      ...line,
      id: `${n + 1}`,
    }))
    const whole = Order.parse({ ...plain, ...rest, lines: numbered })
    return { ...whole, total: sumOfParts(whole), currentTotal: sumOfParts(whole) }
  })

/** All that remains of an order, to be posted for the first time. */
export const subjectFor = (order: Order): Subject => ({
  order,
  lines: order.lines.map(({ id, quantity, removed }) => ({ id, quantity: quantity - removed })),
  references: {},
})

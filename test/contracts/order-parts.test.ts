import fc from 'fast-check'
import {
  amountOf,
  numberOf,
  type OrderParts,
  orderParts,
  type Part,
  spread,
} from '../../connectors/kit/order-parts.ts'
import type { Subject } from '../../domain/effects/effect.ts'
import type { Failure } from '../../domain/failure.ts'
import { share } from '../../domain/money/minor-units.ts'
import { mismatch, sumOfParts } from '../../domain/order/sum.ts'
import type { Result } from '../../domain/result.ts'
import { Order } from '../../schemas/canonical/order.ts'
import { tries } from '../support/laws.ts'
import { subjectOf } from '../support/netsuite.ts'
import { anyMoney as order, subjectFor } from '../support/order-money.ts'

const worth = (parts: readonly Part[]) => parts.reduce((sum, part) => sum + amountOf(part), 0)

const totalIn = (made: Result<OrderParts, Failure>) =>
  made.ok && worth(made.value.parts) + worth(made.value.adjustments) + made.value.taxOnTop

const cents = fc.integer({ min: -5000, max: 5000 }).filter((off) => off !== 0)

test('the parts of an order add up to the total of the channel, whole or by components', () => {
  fc.assert(
    fc.property(order, fc.integer({ min: 1, max: 12 }), (whole, quantity) => {
      const subject = subjectFor(whole)
      const components = [
        { sku: 'CUP', quantity },
        { sku: 'BOX', quantity: 1 },
      ]
      const bundled = { ...subject, lines: subject.lines.map((line) => ({ ...line, components })) }
      for (const bundles of ['whole', 'components'] as const) {
        const parts = orderParts(bundled, bundles)
        expect(totalIn(parts)).toBe(whole.total)
        expect(parts).toMatchObject({ value: { total: whole.total } })
      }
    }),
    tries(300),
  )
})

test('what was kept and what was removed make the whole', () => {
  const removal = order.chain((whole) =>
    fc.tuple(
      fc.constant(whole),
      fc.tuple(...whole.lines.map(({ quantity }) => fc.integer({ min: 0, max: quantity }))),
    ),
  )
  fc.assert(
    fc.property(removal, ([whole, kept]) => {
      const bare: Order = { ...whole, shipping: [], charges: [], discount: 0, tax: 0 }
      const lines = bare.lines.map(({ id }, n) => ({ id, quantity: kept[n] ?? 0 }))
      const parts = orderParts({ order: { ...bare, total: sumOfParts(bare) }, lines }, 'whole')
      const removed = bare.lines.reduce((total, line, n) => {
        const units = kept[n] ?? 0
        const discount = line.discount - share(line.discount, units, line.quantity)
        const tax = whole.taxesIncluded ? 0 : line.tax - share(line.tax, units, line.quantity)
        return total + line.unitPrice * (line.quantity - units) - discount + tax
      }, 0)
      expect(Number(totalIn(parts)) + removed).toBe(sumOfParts(bare))
    }),
  )
})

test('what a channel rounds differently is a part of its own, and no more than that', () => {
  const { order: rounded, lines } = subjectOf('partly-removed-rounded')
  expect(orderParts({ order: rounded, lines }, 'whole')).toMatchObject({
    value: { adjustments: [{ key: '~rounding', title: 'Rounding of removed units', unit: 1 }] },
  })
  const far = { ...rounded, currentTotal: rounded.currentTotal + 50 }
  expect(orderParts({ order: far, lines }, 'whole')).toMatchObject({
    error: {
      code: 'money-mismatch',
      reason: "the parts add up to 28.58 USD, but the channel's total is 29.09 USD",
    },
  })
})

test('what the channel does not explain is a part of its own once a person agreed to it', () => {
  fc.assert(
    fc.property(order, cents, (whole, off) => {
      const subject = subjectFor({ ...whole, total: whole.total + off })
      expect(orderParts(subject, 'whole')).toMatchObject({ error: { code: 'money-mismatch' } })
      const agreed = { ...subject, agreed: [mismatch(subject.order) ?? ''] }
      expect(orderParts(agreed, 'whole')).toMatchObject({
        value: { total: whole.total + off, adjustments: [{ key: '~difference', unit: off }] },
      })
    }),
    tries(300),
  )
})

test('the total is what the channel says now when units were taken back, or names the difference', () => {
  const taken = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 6, maxLength: 6 })
  fc.assert(
    fc.property(order, taken, cents, cents, (whole, removed, off, more) => {
      const lines = whole.lines.map((line, n) => ({
        ...line,
        removed: Math.min(line.quantity, removed[n] ?? 0),
      }))
      const total = whole.total + off
      const now = Order.parse({ ...whole, lines, total, currentTotal: total + more })
      const subject = subjectFor(now)
      const once = orderParts({ ...subject, agreed: [mismatch(now) ?? ''] }, 'whole')
      const agreed = once.ok ? [mismatch(now) ?? ''] : [once.error.reason]
      const all = now.lines.every((line) => line.removed === 0)
      const said = all ? now.total : now.currentTotal
      expect(totalIn(orderParts({ ...subject, agreed }, 'whole'))).toBe(said)
    }),
  )
})

test('goods need a name, unless they were taken back, are a gift card, or have components', () => {
  const { order: whole, lines } = subjectOf('plain')
  const [first, ...others] = whole.lines
  const nameless = Order.parse({ ...whole, lines: [{ ...first, sku: undefined }, ...others] })
  const [one = { id: '', quantity: 0 }, ...rest] = lines
  const said = (its: Subject['lines'][number], bundles: 'whole' | 'components') =>
    orderParts({ order: nameless, lines: [its, ...rest] }, bundles)
  const bundle = { ...one, components: [{ sku: 'A', quantity: 1 }] }
  const missing = { error: { code: 'missing-sku', reason: `line ${one.id} has no SKU` } }
  expect(said(one, 'components')).toMatchObject(missing)
  expect(said(bundle, 'whole')).toMatchObject(missing)
  expect(said(bundle, 'components')).not.toMatchObject(missing)
  expect(said({ ...one, quantity: 0 }, 'whole')).not.toMatchObject(missing)
  expect(orderParts(subjectOf('gift-card-duties-guest'), 'whole')).toMatchObject({ ok: true })
})

test('a spread amount is whole units of a price, less a discount below one of each', () => {
  const amount = fc.integer({ min: 0, max: 10_000_000 })
  fc.assert(
    fc.property(amount, fc.integer({ min: 1, max: 500 }), (whole, quantity) => {
      const { unit, discount } = spread(whole, quantity)
      expect(amountOf({ quantity, unit, discount })).toBe(whole)
      expect(discount).toBeGreaterThanOrEqual(0)
      expect(discount).toBeLessThan(quantity)
    }),
  )
})

test('an amount as large as a currency knows keeps its cents', () => {
  expect(JSON.stringify(numberOf(999_999_999_999_99, 'USD'))).toBe('999999999999.99')
  expect(JSON.stringify(numberOf(-1, 'KWD'))).toBe('-0.001')
})

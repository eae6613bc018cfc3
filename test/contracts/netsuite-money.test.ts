import fc from 'fast-check'
import { orderParts, sum } from '../../connectors/netsuite/order-parts.ts'
import { NetsuiteSettings } from '../../connectors/netsuite/settings.ts'
import { amountOf, toSalesOrder } from '../../connectors/netsuite/to-sales-order.ts'
import { share } from '../../domain/money/minor-units.ts'
import { mismatch, sumOfParts } from '../../domain/order/sum.ts'
import { exponentOf } from '../../schemas/canonical/money.ts'
import { type Order, OrderLine } from '../../schemas/canonical/order.ts'
import { netsuiteSettings, remaining, subjectOf } from '../support/netsuite.ts'

const plain = subjectOf('plain').order
const sample = OrderLine.parse(plain.lines[0])
const minor = fc.integer({ min: 0, max: 5_000_000 })

const line: fc.Arbitrary<OrderLine> = fc
  .record({
    quantity: fc.integer({ min: 1, max: 40 }),
    unitPrice: minor,
    discount: fc.integer({ min: 0, max: 100_000 }),
    tax: fc.integer({ min: 0, max: 100_000 }),
  })
  .map((money) => ({ ...sample, removed: 0, ...money }))

const order: fc.Arbitrary<Order> = fc
  .record({
    lines: fc.array(line, { minLength: 1, maxLength: 6 }),
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
    const numbered = lines.map((l, n) => ({ ...l, id: `${n + 1}` }))
    const whole: Order = { ...plain, ...rest, lines: [numbered[0] ?? sample, ...numbered.slice(1)] }
    return { ...whole, total: sumOfParts(whole), currentTotal: sumOfParts(whole) }
  })

describe('the parts of an order', () => {
  test('add up to the total of the channel', () => {
    fc.assert(
      fc.property(order, (whole) => {
        const parts = orderParts({ order: whole, lines: whole.lines.map(remaining) })
        expect(parts.ok && sum(parts.value)).toBe(whole.total)
      }),
    )
  })

  test('each are a quantity times a price, to the minor unit', () => {
    fc.assert(
      fc.property(order, (whole) => {
        const parts = orderParts({ order: whole, lines: whole.lines.map(remaining) })
        for (const part of parts.ok ? parts.value : []) {
          expect(part.quantity * part.unit).toBe(part.amount)
          expect(part.quantity).toBeGreaterThan(0)
        }
      }),
    )
  })

  test('of what was kept and of what was removed make the whole', () => {
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
        const parts = orderParts({ order: { ...bare, total: sumOfParts(bare) }, lines })
        const removed = bare.lines.reduce((total, l, n) => {
          const units = kept[n] ?? 0
          const discount = l.discount - share(l.discount, units, l.quantity)
          const tax = whole.taxesIncluded ? 0 : l.tax - share(l.tax, units, l.quantity)
          return total + l.unitPrice * (l.quantity - units) - discount + tax
        }, 0)
        expect(parts.ok && sum(parts.value) + removed).toBe(sumOfParts(bare))
      }),
    )
  })

  test('say by themselves what a channel rounds differently, and no more than that', () => {
    const { order: rounded, lines } = subjectOf('partly-removed-rounded')
    const parts = orderParts({ order: rounded, lines })
    expect(parts.ok && parts.value.at(-1)).toMatchObject({
      title: 'Rounding of removed units',
      amount: 1,
    })
    expect(
      orderParts({ order: { ...rounded, currentTotal: rounded.currentTotal + 50 }, lines }),
    ).toEqual({
      ok: false,
      error: {
        next: 'except',
        code: 'money-mismatch',
        reason: "the parts add up to 28.58 USD, but the channel's total is 29.09 USD",
      },
    })
  })

  const whatever = fc.integer({ min: -5000, max: 5000 }).filter((cents) => cents !== 0)

  test('come with a line for what the channel does not explain, once a person agreed to it', () => {
    fc.assert(
      fc.property(order, whatever, (whole, cents) => {
        const off = { ...whole, total: whole.total + cents }
        const lines = off.lines.map(remaining)
        expect(orderParts({ order: off, lines })).toMatchObject({
          error: { code: 'money-mismatch' },
        })
        const parts = orderParts({ order: off, lines, agreed: [mismatch(off) ?? ''] })
        expect(parts.ok && sum(parts.value)).toBe(off.total)
        expect(parts.ok && parts.value.at(-1)).toMatchObject({ key: '~difference', amount: cents })
      }),
    )
  })

  test('have the total that the channel says now when units were taken back, or name the difference', () => {
    const taken = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 6, maxLength: 6 })
    fc.assert(
      fc.property(order, taken, whatever, whatever, (whole, removed, off, more) => {
        const [first, ...rest] = whole.lines.map((line, n) => ({
          ...line,
          removed: Math.min(line.quantity, removed[n] ?? 0),
        }))
        if (!first) return
        const now: Order = {
          ...whole,
          lines: [first, ...rest],
          total: whole.total + off,
          currentTotal: whole.total + off + more,
        }
        const lines = now.lines.map((line) => ({
          id: line.id,
          quantity: line.quantity - line.removed,
        }))
        const all = now.lines.every((line) => line.removed === 0)
        const once = orderParts({ order: now, lines, agreed: [mismatch(now) ?? ''] })
        const agreed = once.ok ? [mismatch(now) ?? ''] : [once.error.reason]
        const parts = orderParts({ order: now, lines, agreed })
        expect(parts.ok && sum(parts.value)).toBe(all ? now.total : now.currentTotal)
      }),
    )
  })

  test('need a name for what is sold, unless it was taken back or is a gift card', () => {
    const { order: partly } = subjectOf('partly-removed')
    const [first = sample, second = sample] = partly.lines
    const nameless = { ...first, sku: undefined }
    expect(
      orderParts({ order: { ...partly, lines: [nameless] }, lines: [remaining(nameless)] }),
    ).toMatchObject({ ok: false, error: { code: 'missing-sku', reason: 'line 41 has no SKU' } })
    const gone: Order = { ...partly, lines: [first, { ...second, sku: undefined }] }
    expect(orderParts({ order: gone, lines: gone.lines.map(remaining) })).toMatchObject({
      ok: true,
    })
    expect(orderParts(subjectOf('gift-card-duties-guest'))).toMatchObject({ ok: true })
  })
})

test('the numbers of the body are the decimals of the currency, and add up as decimals', () => {
  const settings = NetsuiteSettings.parse(netsuiteSettings)
  fc.assert(
    fc.property(order, (whole) => {
      const parts = orderParts({ order: whole, lines: whole.lines.map(remaining) })
      if (!parts.ok) throw new Error(parts.error.reason)
      const body = JSON.stringify(
        toSalesOrder({ order: whole, lines: [], references: {} }, parts.value, {
          settings,
          entity: { id: '1' },
        }),
      )
      const { item } = JSON.parse(body) as {
        item: { items: { rate: number; amount: number; quantity: number }[] }
      }
      const unit = 10 ** (exponentOf(whole.currency) ?? 2)
      const cents = item.items.map(({ amount }) => Math.round(amount * unit))
      expect(cents.reduce((a, b) => a + b, 0)).toBe(whole.total)
      for (const { rate, amount, quantity } of item.items) {
        expect(Math.round(rate * unit) * quantity).toBe(Math.round(amount * unit))
        expect(String(amount)).toMatch(
          new RegExp(`^-?\\d+(\\.\\d{1,${exponentOf(whole.currency) || 1}})?$`),
        )
      }
    }),
  )
})

test('an amount as large as a currency knows keeps its cents', () => {
  expect(JSON.stringify(amountOf(999_999_999_999_99, 'USD'))).toBe('999999999999.99')
  expect(JSON.stringify(amountOf(-1, 'KWD'))).toBe('-0.001')
})

import fc from 'fast-check'
import { readMark } from '../../connectors/business-central/marks.ts'
import {
  amountOf,
  orderParts,
  spread,
  totalOf,
} from '../../connectors/business-central/order-parts.ts'
import { BusinessCentralSettings } from '../../connectors/business-central/settings.ts'
import { itemNumbers, toLines } from '../../connectors/business-central/to-lines.ts'
import type { Subject } from '../../domain/effects/effect.ts'
import { mismatch, sumOfParts } from '../../domain/order/sum.ts'
import { exponentOf } from '../../schemas/canonical/money.ts'
import { Order, OrderLine } from '../../schemas/canonical/order.ts'
import { businessCentralSettings, remaining, subjectOf } from '../support/business-central.ts'
import { tries } from '../support/laws.ts'

const plain = subjectOf('local-currency').order
const sample = OrderLine.parse(plain.lines[0])
const minor = fc.integer({ min: 0, max: 5_000_000 })

const order: fc.Arbitrary<Order> = fc
  .record({
    lines: fc.array(
      fc.record({
        quantity: fc.integer({ min: 1, max: 40 }),
        unitPrice: minor,
        discount: fc.integer({ min: 0, max: 100_000 }),
        tax: fc.integer({ min: 0, max: 100_000 }),
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
    const numbered = lines.map((line, n) => ({ ...sample, ...line, id: `${n + 1}` }))
    const whole = Order.parse({ ...plain, ...rest, lines: numbered })
    return { ...whole, total: sumOfParts(whole), currentTotal: sumOfParts(whole) }
  })

const subjectFor = (whole: Order): Subject => ({
  order: whole,
  lines: whole.lines.map(remaining),
  references: {},
})

function linesFor(subject: Subject, extra: object = {}) {
  const settings = BusinessCentralSettings.parse({ ...businessCentralSettings, ...extra })
  const parts = orderParts(subject)
  if (!parts.ok) throw new Error(parts.error.reason)
  const numbers = itemNumbers(subject, parts.value, settings)
  const items = new Map(numbers.map((number) => [number.toUpperCase(), `id of ${number}`]))
  return toLines(subject, parts.value, { settings, items })
}

/** What the lines add up to, counted as decimals. */
function sumOf(lines: ReturnType<typeof linesFor>, currency: string): number {
  const unit = 10 ** (exponentOf(currency) ?? 2)
  const minorOf = (value: unknown) => Math.round(Number(value ?? 0) * unit)
  return lines.reduce(
    (sum, { body }) =>
      sum +
      Number(body['quantity'] ?? 0) * minorOf(body['unitPrice']) -
      minorOf(body['discountAmount']),
    0,
  )
}

test('the lines add up to the total of the channel, as decimals of the currency', () => {
  fc.assert(
    fc.property(order, (whole) => {
      expect(sumOf(linesFor(subjectFor(whole)), whole.currency)).toBe(whole.total)
    }),
    tries(300),
  )
})

test('no line has a discount that is more than the line, nor one below nothing', () => {
  fc.assert(
    fc.property(order, (whole) => {
      for (const { body } of linesFor(subjectFor(whole))) {
        const worth = Math.max(0, Number(body['quantity'] ?? 0) * Number(body['unitPrice'] ?? 0))
        expect(Number(body['discountAmount'] ?? 0)).toBeLessThanOrEqual(worth + 1e-6)
        expect(Number(body['discountAmount'] ?? 0)).toBeGreaterThanOrEqual(0)
      }
    }),
    tries(300),
  )
})

test('every line has a mark of its own that fits, whatever ids the channel gives', () => {
  fc.assert(
    fc.property(order, fc.array(fc.string({ minLength: 1 }), { minLength: 6 }), (whole, ids) => {
      const renamed = whole.lines.map((line, n) => ({ ...line, id: `${ids[n]}${n}` }))
      const lines = linesFor(subjectFor(Order.parse({ ...whole, lines: renamed })))
      const marks = lines.map(({ body }) => String(body['description2']))
      expect(new Set(marks).size).toBe(marks.length)
      expect(marks.filter((mark) => mark.length > 50 || !readMark(mark))).toEqual([])
    }),
    tries(200),
  )
})

test('the tax is said once: on a line, inside the prices, or by Business Central', () => {
  fc.assert(
    fc.property(order, fc.boolean(), (whole, pricesIncludeTax) => {
      const subject = subjectFor(whole)
      const parts = orderParts(subject)
      if (!parts.ok) throw new Error(parts.error.reason)
      const tax = parts.value.reduce((sum, part) => sum + part.tax, 0)
      const computed = linesFor(subject, { tax: 'computed', pricesIncludeTax })
      const net = totalOf(whole, parts.value) - tax - (whole.taxesIncluded ? 0 : whole.tax)
      expect(sumOf(computed, whole.currency)).toBe(pricesIncludeTax ? net + tax : net)
      expect(computed.map(({ key }) => key)).not.toContain('~tax')
    }),
    tries(300),
  )
})

test('the tax that the channel pays over is booked apart where the settings say so, and nothing is lost', () => {
  fc.assert(
    fc.property(order, fc.integer({ min: 0, max: 1_000_000 }), (whole, facilitatedTax) => {
      const charges = {
        ...businessCentralSettings.charges,
        facilitatedTax: { account: '5620' },
      }
      const subject = subjectFor({ ...whole, facilitatedTax })
      const apart = linesFor(subject, { charges })
      const together = linesFor(subject)
      expect(sumOf(apart, whole.currency)).toBe(whole.total)
      expect(sumOf(together, whole.currency)).toBe(whole.total)
      const booked = apart.filter(({ body }) => body['lineObjectNumber'] === '5620')
      const tax = sumOf(
        together.filter(({ key }) => key === '~tax'),
        whole.currency,
      )
      expect(sumOf(booked, whole.currency)).toBe(Math.min(tax, facilitatedTax))
    }),
    tries(300),
  )
})

test('a bundle costs the same by its components', () => {
  fc.assert(
    fc.property(order, fc.integer({ min: 1, max: 12 }), (whole, quantity) => {
      const subject = subjectFor(whole)
      const components = [
        { sku: 'CUP', quantity },
        { sku: 'BOX', quantity: 1 },
      ]
      const lines = subject.lines.map((line) => ({ ...line, components }))
      expect(sumOf(linesFor({ ...subject, lines }), whole.currency)).toBe(whole.total)
    }),
    tries(300),
  )
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

test('what a channel rounds differently is a line of its own, and no more than that', () => {
  const { order: rounded, lines } = subjectOf('partly-removed-rounded')
  const parts = orderParts({ order: rounded, lines })
  expect(parts.ok && parts.value.at(-1)).toMatchObject({ key: '~rounding', unit: 1 })
  const far = { ...rounded, currentTotal: rounded.currentTotal + 50 }
  expect(orderParts({ order: far, lines })).toMatchObject({
    error: { code: 'money-mismatch', reason: expect.stringContaining('29.09 USD') },
  })
})

test('what the channel does not explain is a line of its own once a person agreed to it', () => {
  const cents = fc.integer({ min: -5000, max: 5000 }).filter((off) => off !== 0)
  fc.assert(
    fc.property(order, cents, (whole, off) => {
      const subject = subjectFor({ ...whole, total: whole.total + off })
      expect(orderParts(subject)).toMatchObject({ error: { code: 'money-mismatch' } })
      const agreed = { ...subject, agreed: [mismatch(subject.order) ?? ''] }
      expect(sumOf(linesFor(agreed), whole.currency)).toBe(whole.total + off)
    }),
    tries(300),
  )
})

test('goods need a name, unless they were taken back, are a gift card, or have components', () => {
  const { order: whole, lines } = subjectOf('discounts-shipping-tax')
  const [first, ...others] = whole.lines
  const nameless = Order.parse({ ...whole, lines: [{ ...first, sku: undefined }, ...others] })
  expect(orderParts({ order: nameless, lines })).toMatchObject({
    error: { code: 'missing-sku', reason: 'line 11 has no SKU' },
  })
  const [one, ...rest] = lines
  const gone = [{ id: '11', quantity: 0 }, ...rest]
  const bundle = [
    { id: '11', quantity: one?.quantity ?? 0, components: [{ sku: 'A', quantity: 1 }] },
  ]
  expect(orderParts({ order: nameless, lines: gone })).toMatchObject({ ok: true })
  expect(orderParts({ order: nameless, lines: [...bundle, ...rest] })).toMatchObject({ ok: true })
  expect(orderParts(subjectOf('gift-card-duties-guest'))).toMatchObject({ ok: true })
})

import fc from 'fast-check'
import { readMark } from '../../connectors/business-central/marks.ts'
import { BusinessCentralSettings } from '../../connectors/business-central/settings.ts'
import { itemNumbers, toLines } from '../../connectors/business-central/to-sales-order.ts'
import { orderParts } from '../../connectors/kit/order-parts.ts'
import type { Subject } from '../../domain/effects/effect.ts'
import { exponentOf } from '../../schemas/canonical/money.ts'
import { Order } from '../../schemas/canonical/order.ts'
import { businessCentralSettings } from '../support/business-central.ts'
import { tries } from '../support/laws.ts'
import { anyMoney as order, subjectFor } from '../support/order-money.ts'

function linesFor(subject: Subject, extra: object = {}) {
  const settings = BusinessCentralSettings.parse({ ...businessCentralSettings, ...extra })
  const parts = orderParts(subject, 'components')
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
      const parts = orderParts(subject, 'components')
      if (!parts.ok) throw new Error(parts.error.reason)
      const tax = parts.value.parts.reduce((sum, part) => sum + part.tax, 0)
      const computed = linesFor(subject, { tax: 'computed', pricesIncludeTax })
      const net = parts.value.total - tax - (whole.taxesIncluded ? 0 : whole.tax)
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

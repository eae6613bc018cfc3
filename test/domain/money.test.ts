import fc from 'fast-check'
import { decimal, minorUnits } from '../../domain/money.ts'
import { mismatch, sumOfParts } from '../../domain/order/sum.ts'
import { exponentOf } from '../../schemas/canonical/money.ts'
import { tries } from '../support/laws.ts'
import { lineOf, orderOf } from '../support/orders.ts'

const currency = fc.constantFrom('USD', 'EUR', 'JPY', 'KWD', 'CLF', 'ISK', 'UYW', 'HUF')
const minor = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 })

test('an amount written as a decimal is read as the same amount', () => {
  fc.assert(
    fc.property(minor, currency, (amount, code) => {
      expect(minorUnits(decimal(amount, code), code)).toEqual({ ok: true, value: amount })
    }),
    tries(2000),
  )
})

test.each([
  ['12.5', 'USD', 1250],
  ['1000.0', 'JPY', 1000],
  ['1000', 'JPY', 1000],
  ['0.001', 'KWD', 1],
  ['-0.00', 'USD', 0],
  ['-3.07', 'USD', -307],
  ['7.', 'USD', 700],
  ['0.10', 'USD', 10],
  ['9999999999999.99', 'USD', 999_999_999_999_999],
  ['99999999999', 'CLF', 999_999_999_990_000],
  ['900719925474.0991', 'CLF', 9_007_199_254_740_991],
  [' 5.00 ', 'USD', 500],
])('%s %s is %i', (text, code, value) => {
  expect(minorUnits(text, code)).toEqual({ ok: true, value })
})

test.each([
  ['12.345', 'USD'],
  ['0.5', 'JPY'],
  ['', 'USD'],
  ['1e3', 'USD'],
  ['1,50', 'USD'],
  ['.5', 'USD'],
  ['1.2.3', 'KWD'],
  ['900719925475', 'CLF'],
  ['12/5', 'USD'],
  ['NaN', 'USD'],
  ['12345678901234', 'USD'],
  ['9999999999999.999', 'KWD'],
])('%s %s is refused', (text, code) => {
  expect(minorUnits(text, code)).toMatchObject({ ok: false, error: { code: 'money-mismatch' } })
})

test('currencies have the digits that ISO 4217 gives them', () => {
  expect(['USD', 'JPY', 'KRW', 'KWD', 'BHD', 'CLF', 'ISK', 'TWD'].map(exponentOf)).toEqual([
    2, 0, 0, 3, 3, 4, 0, 2,
  ])
})

test('the parts of an order add up to its total, whichever way tax is counted', () => {
  const cents = fc.nat(100_000)
  const line = fc.record({ quantity: fc.nat(9), unitPrice: cents, discount: cents, tax: cents })
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 6 }),
      fc.record({ shipping: cents, shippingTax: cents, duty: cents, discount: cents, tax: cents }),
      fc.boolean(),
      fc.integer({ min: -3, max: 3 }),
      (parts, extra, taxesIncluded, off) => {
        const [first, ...others] = parts.map((part, i) => lineOf({ id: String(i), ...part }))
        if (!first) return
        const price = extra.shipping
        const order = orderOf({
          lines: [first, ...others],
          shipping: [{ title: 'x', price, discount: 0, tax: extra.shippingTax }],
          charges: [{ kind: 'duty', title: 'Duty', amount: extra.duty }],
          discount: extra.discount,
          tax: extra.tax,
          taxesIncluded,
        })
        const taxes = parts.reduce((sum, { tax }) => sum + tax, extra.tax + extra.shippingTax)
        const total =
          parts.reduce((sum, p) => sum + p.quantity * p.unitPrice - p.discount, 0) +
          price +
          extra.duty -
          extra.discount +
          (taxesIncluded ? 0 : taxes)
        expect(sumOfParts(order)).toBe(total)
        const said = mismatch({ ...order, total: total + off })
        if (off === 0) expect(said).toBeUndefined()
        else expect(said).toContain(`: ${decimal(off, 'USD')} unexplained`)
      },
    ),
    tries(500),
  )
})

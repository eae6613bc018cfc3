import fc from 'fast-check'
import { decimal, minorUnits, share } from '../../domain/money/minor-units.ts'
import { mismatch, roundingOf, sumOfParts } from '../../domain/order/sum.ts'
import { exponentOf, KnownCurrency } from '../../schemas/canonical/money.ts'
import type { Order } from '../../schemas/canonical/order.ts'
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

test.each([
  'XYZ',
  'XXX',
  'XTS',
  'XAU',
  'XDR',
  'USN',
  'HRK',
  'DEM',
  'BTC',
  'usd',
  'Usd',
  'EURO',
  '',
])(
  'what has no circulating money behind it, such as "%s", has no digits and counts nothing',
  (code) => {
    expect(exponentOf(code)).toBeUndefined()
    expect(minorUnits('1.00', code).ok).toBe(false)
    expect(KnownCurrency.safeParse(code).success).toBe(false)
  },
)

test('a refused currency is named where it can be nothing but one', () => {
  const said = (code: string) => KnownCurrency.safeParse(code).error?.issues.map((i) => i.message)
  expect(said('XYZ')).toEqual([
    'XYZ is not a currency in circulation: write ISO 4217, for example EUR',
  ])
  expect(said('Sam Sample')).toEqual(['write ISO 4217, for example EUR'])
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
        else expect(said).toContain(`: difference ${decimal(off, 'USD')}`)
      },
    ),
    tries(500),
  )
})

describe('a share of an amount', () => {
  const split = fc
    .tuple(fc.integer({ min: -100_000, max: 100_000 }), fc.integer({ min: 1, max: 200 }))
    .chain(([amount, of]) =>
      fc.tuple(fc.constant(amount), fc.constant(of), fc.integer({ min: 0, max: of })),
    )

  test('loses nothing: all units have all of it, none has none', () => {
    fc.assert(
      fc.property(split, ([amount, of]) => {
        expect(share(amount, of, of)).toBe(amount)
        expect(share(amount, 0, of) + 0).toBe(0)
      }),
    )
  })

  test('is the nearest to the fair one, and differs between any two units by a minor unit at most', () => {
    fc.assert(
      fc.property(split, ([amount, of, units]) => {
        const off = share(amount, units, of) * of - amount * units
        expect(Math.abs(off) * 2).toBeLessThanOrEqual(of)
        if (units === 0) return
        const unit = share(amount, units, of) - share(amount, units - 1, of)
        expect([Math.floor(amount / of), Math.ceil(amount / of)]).toContain(unit)
      }),
    )
  })

  test('of no units is nothing', () => expect(share(500, 0, 0)).toBe(0))
})

describe('what is left of an order when a channel has taken units back', () => {
  const amount = fc.nat(100_000)
  const quantities = fc
    .integer({ min: 1, max: 60 })
    .chain((quantity) => fc.tuple(fc.constant(quantity), fc.nat(quantity)))
  const lines = fc.array(
    fc
      .record({ quantities, unitPrice: amount, discount: amount, tax: amount })
      .map(({ quantities: [quantity, removed], ...money }) => ({ quantity, removed, ...money })),
    { minLength: 1, maxLength: 4 },
  )
  const orders = lines.map((some) => {
    const [first = lineOf(), ...rest] = some.map((line, n) => lineOf({ ...line, id: `${n}` }))
    const order = orderOf({ lines: [first, ...rest] })
    return { ...order, total: sumOfParts(order) }
  })
  type Part = typeof share
  const parts = fc.constantFrom(Math.floor, Math.ceil, Math.round).map(
    (round): Part =>
      (amount, units, of) =>
        round((amount * units) / of),
  )

  /** What is left to pay, of a tax and of a discount by these. */
  const leftBy = ({ lines }: Order, [tax, discount]: readonly [Part, Part]): number =>
    lines.reduce((sum, line) => {
      const units = line.quantity - line.removed
      const of = (part: Part, amount: number) => part(amount, units, line.quantity)
      return sum + line.unitPrice * units + of(tax, line.tax) - of(discount, line.discount)
    }, 300)

  test('is told to the cent, whichever way the channel rounds a tax and a discount', () => {
    fc.assert(
      fc.property(orders, parts, parts, (order, ...theirs) => {
        const currentTotal = leftBy(order, theirs)
        const rounding = roundingOf({ ...order, currentTotal })
        expect(leftBy(order, [share, share]) + rounding).toBe(currentTotal)
      }),
    )
  })

  test('has the same rounding in an order that did not add up from the beginning', () => {
    fc.assert(
      fc.property(orders, parts, parts, fc.integer({ min: -500, max: 500 }), (order, ...rest) => {
        const [tax, discount, off] = rest
        const currentTotal = leftBy(order, [tax, discount])
        const rounding = roundingOf({ ...order, currentTotal })
        const total = order.total + off
        expect(roundingOf({ ...order, total, currentTotal: currentTotal + off })).toBe(rounding)
      }),
    )
  })

  test('is not said to be rounded where the channel took back another amount', () => {
    fc.assert(
      fc.property(orders, fc.integer({ min: 9, max: 5000 }), (order, more) => {
        const currentTotal = leftBy(order, [share, share]) + more
        expect(roundingOf({ ...order, currentTotal })).toBe(0)
      }),
    )
  })
})

import fc from 'fast-check'
import { mirakl } from '../../connectors/mirakl/index.ts'
import { exactly } from '../../connectors/mirakl/responses.ts'
import { countryOf } from '../../connectors/mirakl/to-people.ts'
import { moneyLeft } from '../../domain/order/emptied.ts'
import { impossibleIn } from '../../domain/order/impossible.ts'
import { unknownOrder } from '../../domain/order/state.ts'
import { mismatch } from '../../domain/order/sum.ts'
import { casesIn, text } from '../support/fixtures.ts'
import { tries } from '../support/laws.ts'
import { miraklAccount, orderOf } from '../support/mirakl.ts'
import { miraklOrders } from '../support/mirakl-orders.ts'

const wireOf = (name: string) => JSON.parse(text('mirakl', `${name}.wire.json`))
const cases = casesIn('mirakl', '.wire.json')

/** The order of a fixture, changed. */
const changed = (name: string, change: object, line: object = {}) => {
  const wire = wireOf(name)
  const order_lines = wire.order_lines.map((one: object) => ({ ...one, ...line }))
  return orderOf(JSON.stringify({ ...wire, order_lines, ...change }))
}

describe('money', () => {
  test.each(cases)('the parts of %s add up to its total', (name) => {
    expect(mismatch(orderOf(text('mirakl', `${name}.wire.json`)))).toBeUndefined()
  })

  test('no cent is lost, whatever was refused, cancelled, refunded, deducted or taxed', () => {
    fc.assert(
      fc.property(miraklOrders, ({ body, sold, left }) => {
        const order = orderOf(body)
        expect(mismatch(order)).toBeUndefined()
        expect([order.total, order.currentTotal]).toEqual([sold, left])
        expect(impossibleIn(order)).toEqual([])
        expect(moneyLeft(order, unknownOrder(order.id))).not.toBe('all')
      }),
      tries(300),
    )
  })

  test('a total that its lines do not explain stays unexplained', () => {
    expect(mismatch(changed('to-ship', { total_price: 85.61 }))).toContain('difference 0.01')
  })

  test('the commission is no part of an order', () => {
    const dear = { total_commission: 9_999, commission_fee: 9_999 }
    expect(changed('to-ship', dear, dear)).toEqual(changed('to-ship', {}))
  })

  test('an amount finer than its currency is a mismatch that says so', () => {
    const body = JSON.stringify({ ...wireOf('yen'), total_price: 4150.5 })
    const said = mirakl.read({
      connection: orderOf(text('mirakl', 'yen.wire.json')).connection,
      body,
    })
    expect(said).toMatchObject({ error: { code: 'money-mismatch' } })
  })

  test('a cancelled line that says nothing of units was one at least', () => {
    const [before] = wireOf('cancelled').order_lines
    const cancelations = before.cancelations.map(
      ({ quantity: _, ...one }: { quantity: number }) => one,
    )
    const order = changed('cancelled', {}, { cancelations })
    expect(impossibleIn(order)).toEqual([])
    expect(order.lines.every(({ quantity, removed }) => quantity > 0 && removed === quantity)).toBe(
      true,
    )
  })

  test('a cancelled line whose amounts were kept counts once', () => {
    const kept = { price: 59.98, shipping_price: 6.99, total_price: 66.97 }
    const order = changed('cancelled', {}, kept)
    expect([order.total, order.currentTotal]).toEqual([7072, 0])
  })
})

describe('states', () => {
  test.each([
    ['STAGING', 'pending', undefined],
    ['WAITING_ACCEPTANCE', undefined, 'awaited'],
    ['WAITING_DEBIT', 'payment', 'given'],
    ['WAITING_DEBIT_PAYMENT', 'payment', 'given'],
    ['SHIPPING', undefined, 'given'],
    ['SHIPPED', undefined, 'given'],
    ['TO_COLLECT', undefined, 'given'],
    ['RECEIVED', undefined, 'given'],
    ['CLOSED', undefined, 'given'],
    ['SOMETHING_NEW', 'pending', undefined],
  ])('%s with an address: held as %s, acceptance %s', (order_state, hold, acceptance) => {
    const order = changed('to-ship', { order_state })
    expect([order.holds?.[0]?.kind, order.acceptance, order.cancelledAt]).toEqual([
      hold,
      acceptance,
      undefined,
    ])
  })

  test.each(['REFUSED', 'CANCELED'])('%s is cancelled, and says why', (order_state) => {
    expect(changed('to-ship', { order_state })).toMatchObject({
      cancelledAt: '2026-11-18T09:02:11.000Z',
      cancelReason: order_state,
    })
    const reason = { order_state, order_state_reason_label: 'Out of stock' }
    expect(changed('to-ship', reason).cancelReason).toBe(`${order_state}: Out of stock`)
  })

  test('without an address an unpaid order waits for it, so that nothing is posted', () => {
    const [hold] = changed('awaiting-payment', {}).holds ?? []
    expect(hold?.kind).toBe('pending')
  })

  test.each([
    ['WAITING_DEBIT', 'PAY_ON_ACCEPTANCE', null, 'pending'],
    ['SHIPPING', 'PAY_ON_ACCEPTANCE', '2026-11-18T08:58:40Z', 'paid'],
    ['SHIPPING', 'PAY_ON_SHIPMENT', null, 'authorized'],
    ['WAITING_ACCEPTANCE', 'PAY_ON_DUE_DATE', null, 'authorized'],
    ['WAITING_ACCEPTANCE', null, null, 'pending'],
    ['CANCELED', 'PAY_ON_ACCEPTANCE', null, 'voided'],
  ])('%s under %s, debited at %s, is %s', (order_state, payment_workflow, debited, payment) => {
    const order = changed('to-ship', {
      order_state,
      payment_workflow,
      customer_debited_date: debited,
    })
    expect(order.payment).toBe(payment)
  })

  test('units are fulfilled once their line has left, also while something is wrong with it', () => {
    const incident = { order_line_state: 'INCIDENT_OPEN' }
    const units = (line: object) => changed('to-ship', {}, line).lines.map((one) => one.fulfilled)
    expect(units({ order_line_state: 'SHIPPED' })).toEqual([3, 1])
    expect(units({ ...incident, shipped_date: '2026-11-19T10:00:00Z' })).toEqual([3, 1])
    expect(units(incident)).toEqual([0, 0])
  })
})

describe('people', () => {
  const address = wireOf('to-ship').customer.shipping_address
  const shipTo = (change: object) => {
    const customer = { ...wireOf('to-ship').customer, shipping_address: { ...address, ...change } }
    return changed('to-ship', { customer }).people.shipTo
  }

  test.each([
    [{ country_iso_code: 'DEU' }, 'DE'],
    [{ country_iso_code: 'ZAF' }, 'ZA'],
    [{ country_iso_code: null, country: 'ES' }, 'ES'],
    [{ country_iso_code: 'None', country: 'es' }, 'ES'],
    [{ country_iso_code: '', country: 'Spanien' }, undefined],
    [{ country_iso_code: 'XXX', country: 'Nowhere' }, undefined],
  ])('a country told as %j is %s', (change, code) => {
    expect(shipTo(change)?.countryCode).toBe(code)
  })

  test.each([{ street_1: ' ' }, { city: null }, { firstname: null, lastname: '', company: null }])(
    'an address without %j is none',
    (change) => {
      expect(shipTo(change)).toBeUndefined()
    },
  )

  test('a company without a person receives parcels too', () => {
    const company = { firstname: null, lastname: '', company: 'Sample SARL' }
    expect(shipTo(company)).toMatchObject({ name: 'Sample SARL', company: 'Sample SARL' })
  })
})

test('every country has one code of three letters and one of two', () => {
  const three = ['AFG', 'CHE', 'GBR', 'USA', 'ZWE'].map(countryOf)
  expect(three).toEqual(['AF', 'CH', 'GB', 'US', 'ZW'])
  expect(countryOf('UK')).toBeUndefined()
})

test('what is not there is not found, and an id of two asks for neither', async () => {
  const { account } = miraklAccount()
  expect(await mirakl.orders.fetchOrder(account, 'C404-A')).toEqual({ ok: true, value: undefined })
  expect(await mirakl.orders.fetchOrder(account, 'A,B')).toEqual({ ok: true, value: undefined })
})

describe('JSON read exactly', () => {
  test.each([
    [
      '{"a":1.50,"b":-0,"c":[12345678901234567890]}',
      { a: '1.50', b: '-0', c: ['12345678901234567890'] },
    ],
    ['{"say \\"1\\" 2":"3, 4"}', { 'say "1" 2': '3, 4' }],
    ['[true,false,null,1e5]', [true, false, null, '1e5']],
    ['7', '7'],
  ])('%s keeps its digits', (json, value) => {
    expect(exactly(json)).toEqual({ ok: true, value })
  })

  test.each([
    '{1:2}',
    '{12 :3}',
    '[01]',
    '[1.]',
    '[.5]',
    '[1.2.3]',
    '[--1]',
    '[1 2]',
    'NaN',
    '"a',
    '[1,]',
  ])('%s is no JSON and does not become it', (json) => {
    expect(exactly(json)).toMatchObject({ ok: false })
  })

  test('it is what JSON says, but for the numbers', () => {
    const asText = (_: string, value: unknown) => (typeof value === 'number' ? 'n' : value)
    const asN = (_: string, value: unknown) =>
      typeof value === 'string' && /^-?\d/.test(value) ? 'n' : value
    fc.assert(
      fc.property(fc.json(), (json) => {
        const read = exactly(json)
        expect(read.ok).toBe(true)
        const plain: unknown = JSON.parse(json, asText)
        expect(JSON.parse(JSON.stringify(read.ok && read.value), asN)).toEqual(
          JSON.parse(JSON.stringify(plain), asN),
        )
      }),
      tries(300),
    )
  })

  test('text written out again reads the same', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const once = exactly(json)
        expect(exactly(JSON.stringify(once.ok && once.value))).toEqual(once)
      }),
      tries(300),
    )
  })
})

import fc from 'fast-check'
import { toPart } from '../../connectors/mirakl/cancel-sale.ts'
import { mirakl } from '../../connectors/mirakl/index.ts'
import { exactly } from '../../connectors/mirakl/responses.ts'
import { WireOrder } from '../../connectors/mirakl/wire.ts'
import type { Call } from '../../domain/account.ts'
import { text } from '../support/fixtures.ts'
import { effectOf, marketWith, parcelOf, subjectOf } from '../support/mirakl.ts'

const accept = effectOf('accept-order')
const confirm = effectOf('confirm-shipment')
const cancel = effectOf('cancel-sale')

const writes = ({ kind }: Call): boolean => kind === 'write'
const written = (calls: readonly Call[]) =>
  calls.filter(writes).map(({ method, url, body }) => ({
    did: `${method} ${new URL(url).pathname}`,
    ...(body && { said: JSON.parse(body) }),
  }))
const told = (calls: readonly Call[]) => written(calls).map(({ did }) => did)

describe('accept-order', () => {
  test('says yes to every line, once, and the order goes on to its address', async () => {
    const { account, order, id, pass } = await marketWith('awaiting-acceptance')
    expect(order.people.shipTo).toBeUndefined()
    expect(await accept.look(account, subjectOf(order))).toEqual({ ok: true, value: undefined })
    expect(await accept.make(account, subjectOf(order))).toEqual({ ok: true, value: { id } })
    expect(written(account.calls)).toEqual([
      {
        did: `PUT /api/orders/${id}/accept`,
        said: { order_lines: [{ id: `${id}-1`, accepted: true }] },
      },
    ])
    expect(await accept.look(account, subjectOf(order))).toEqual({ ok: true, value: { id } })
    const waiting = await mirakl.orders.fetchOrder(account, id)
    expect(waiting).toMatchObject({ value: { acceptance: 'given', holds: [{ kind: 'pending' }] } })

    await pass(3)
    const shipping = await mirakl.orders.fetchOrder(account, id)
    expect(shipping).toMatchObject({
      value: { payment: 'paid', people: { shipTo: { countryCode: 'FR' } } },
    })
    expect(shipping.ok && shipping.value?.holds).toBeUndefined()
  })

  test('lines that are not wanted any more are refused, others accepted', async () => {
    const two = { order_state: 'WAITING_ACCEPTANCE', customer_debited_date: null }
    const lines = (state: string) => (line: object) => ({ ...line, order_line_state: state })
    const { base } = await marketWith('to-ship')
    const order_lines = base.order_lines.map(lines('WAITING_ACCEPTANCE'))
    const { account, order, id, stored } = await marketWith('to-ship', { ...two, order_lines })
    await accept.make(account, subjectOf(order, { [`${id}-1`]: 0, [`${id}-2`]: 1 }))
    expect(written(account.calls)[0]?.said).toEqual({
      order_lines: [
        { id: `${id}-1`, accepted: false },
        { id: `${id}-2`, accepted: true },
      ],
    })
    expect(stored(id)).toMatchObject({ order_state: 'WAITING_DEBIT', total_price: 43 })
  })

  test('a yes to nothing is never sent', async () => {
    const { account, order, id } = await marketWith('awaiting-acceptance')
    const said = await accept.make(account, subjectOf(order, { [`${id}-1`]: 0 }))
    expect(said).toMatchObject({ error: { next: 'except' } })
    expect(account.calls).toEqual([])
  })

  test('an order that was cancelled meanwhile is an exception that says so', async () => {
    const { account, order, operator, base } = await marketWith('awaiting-acceptance')
    await operator.takeOrder?.(JSON.stringify({ ...base, order_state: 'CANCELED' }), true)
    expect(await accept.make(account, subjectOf(order))).toMatchObject({
      error: { next: 'except', reason: 'the order is CANCELED at the marketplace' },
    })
  })
})

describe('confirm-shipment of orders that ship in one parcel', () => {
  test('writes the tracking and declares the order shipped', async () => {
    const { account, order, id, stored } = await marketWith('to-ship')
    const parcel = parcelOf(order, { [`${id}-1`]: 3, [`${id}-2`]: 1 })
    expect(await confirm.make(account, parcel)).toEqual({ ok: true, value: { id } })
    expect(written(account.calls)).toEqual([
      {
        did: `PUT /api/orders/${id}/tracking`,
        said: { carrier_code: 'UPS', tracking_number: '1Z0001' },
      },
      { did: `PUT /api/orders/${id}/ship` },
    ])
    expect(stored(id)).toMatchObject({ order_state: 'SHIPPED', shipping_tracking: '1Z0001' })
    const fetched = await mirakl.orders.fetchOrder(account, id)
    expect(fetched.ok && fetched.value?.lines.map(({ fulfilled }) => fulfilled)).toEqual([3, 1])
  })

  test('a carrier that the operator does not know is told by name and link', async () => {
    const { account, order, id } = await marketWith('to-ship')
    const parcel = parcelOf(order, { [`${id}-1`]: 3, [`${id}-2`]: 1 }, { carrier: 'Pigeon' })
    await confirm.make(account, parcel)
    expect(written(account.calls)[0]?.said).toEqual({
      carrier_name: 'Pigeon',
      tracking_number: '1Z0001',
      carrier_url: 'https://tracking.example/1Z0001',
    })
  })

  test('a carrier goes by the code of the cross-references', async () => {
    const { account, order, id } = await marketWith('to-ship')
    const parcel = parcelOf(order, { [`${id}-1`]: 3, [`${id}-2`]: 1 }, { carrier: 'UPS Standard' })
    const names = (kind: string, code: string) => (kind === 'carrier' ? 'UPS' : code)
    await confirm.make(account, { ...parcel, names })
    expect(written(account.calls)[0]?.said).toMatchObject({ carrier_code: 'UPS' })
  })

  test('whatever is lost, it ships once and keeps its tracking', async () => {
    const { account, order, id, stored } = await marketWith('to-ship')
    const parcel = parcelOf(order, { [`${id}-1`]: 3, [`${id}-2`]: 1 })
    const shipping = ({ url }: Call) => url.includes('/ship')
    account.misbehave('commit-then-drop', { which: shipping })
    expect(await confirm.make(account, parcel)).toMatchObject({ error: { next: 'doubt' } })
    expect(await confirm.look(account, parcel)).toEqual({ ok: true, value: { id } })
    expect(await confirm.make(account, parcel)).toEqual({ ok: true, value: { id } })
    expect(told(account.calls).filter((did) => did.endsWith('/ship'))).toHaveLength(1)
    expect(stored(id)).toMatchObject({ shipping_tracking: '1Z0001' })
  })

  test('a tracking without its shipment is completed', async () => {
    const { account, order, id, stored } = await marketWith('to-ship')
    const parcel = parcelOf(order, { [`${id}-1`]: 3, [`${id}-2`]: 1 })
    account.misbehave('drop', { which: ({ url }) => url.includes('/ship') })
    await confirm.make(account, parcel)
    expect(await confirm.look(account, parcel)).toEqual({ ok: true, value: undefined })
    expect(await confirm.make(account, parcel)).toMatchObject({ ok: true })
    expect(stored(id)).toMatchObject({ order_state: 'SHIPPED' })
  })

  test('a part of an order is an exception, and nothing is sent', async () => {
    const { account, order, id } = await marketWith('to-ship')
    const said = await confirm.make(account, parcelOf(order, { [`${id}-1`]: 2 }))
    expect(said).toMatchObject({ error: { next: 'except', code: 'effect-refused' } })
    expect(!said.ok && said.error.reason).toContain(`short: line ${id}-1, ${id}-2`)
    expect(told(account.calls)).toEqual([])
  })

  test('all that stands after a cancelation is the whole', async () => {
    const { account, order, id, stored } = await marketWith('partly-cancelled')
    expect(await confirm.make(account, parcelOf(order, { [`${id}-1`]: 2 }))).toMatchObject({
      ok: true,
    })
    expect(stored(id)).toMatchObject({ order_state: 'SHIPPED' })
  })

  test('units that were taken back here are told to the marketplace first', async () => {
    const { account, order, id } = await marketWith('to-ship')
    const parcel = parcelOf(order, { [`${id}-1`]: 2, [`${id}-2`]: 1 })
    const subject = {
      ...parcel,
      lines: [
        { id: `${id}-1`, quantity: 2 },
        { id: `${id}-2`, quantity: 1 },
      ],
    }
    expect(await confirm.make(account, subject)).toMatchObject({ error: { next: 'retry' } })
    expect(told(account.calls)).toEqual([])
  })

  test('where the first parcel ships it all, the second tells nothing and keeps the first tracking', async () => {
    const { account, order, id, stored } = await marketWith('to-ship', {
      settings: { parcels: 'first' },
    })
    await confirm.make(account, parcelOf(order, { [`${id}-1`]: 3 }))
    const second = { id: 'parcel-2', trackingNumber: '1Z0002' }
    const again = await confirm.make(account, parcelOf(order, { [`${id}-2`]: 1 }, second))
    expect(again).toEqual({ ok: true, value: { id } })
    expect(stored(id)).toMatchObject({ order_state: 'SHIPPED', shipping_tracking: '1Z0001' })
    expect(told(account.calls)).toHaveLength(2)
  })

  test("an order that may not ship is an exception in Mirakl's words", async () => {
    const { account, order, id } = await marketWith('awaiting-payment')
    const said = await confirm.make(
      account,
      parcelOf(order, { [`${id}-1`]: 2 }, { carrier: undefined, trackingNumber: undefined }),
    )
    expect(said).toMatchObject({ error: { next: 'except' } })
    expect(!said.ok && said.error.reason).toContain("must be 'SHIPPING' but it is 'WAITING_DEBIT'")
  })

  test('an order that is gone is not found', async () => {
    const { account, order, id } = await marketWith('to-ship')
    const gone = {
      ...parcelOf(order, { [`${id}-1`]: 3 }),
      order: { ...order, channelOrderId: 'X-A' },
    }
    expect(await confirm.look(account, gone)).toMatchObject({ error: { code: 'order-not-found' } })
    const { shipment: _, ...without } = gone
    expect(await confirm.make(account, without)).toMatchObject({
      error: { code: 'effect-refused' },
    })
  })
})

describe('confirm-shipment of orders that ship in several parcels', () => {
  const settings = { parcels: 'several' }

  test('tells each parcel with its units, and the last one ships the order', async () => {
    const { account, order, id, operator, stored } = await marketWith('to-ship', { settings })
    const first = await confirm.make(account, parcelOf(order, { [`${id}-1`]: 2 }))
    expect(first).toEqual({ ok: true, value: { id: `${id}-S1` } })
    expect(stored(id)).toMatchObject({ order_state: 'SHIPPING' })
    expect(written(account.calls)).toEqual([
      {
        did: 'POST /api/shipments',
        said: {
          shipments: [
            {
              order_id: id,
              shipped: true,
              shipment_lines: [
                { order_line_id: `${id}-1`, quantity: 2, package_reference: 'parcel-1' },
              ],
              tracking: { carrier_code: 'UPS', tracking_number: '1Z0001' },
            },
          ],
        },
      },
    ])
    const rest = parcelOf(order, { [`${id}-1`]: 1, [`${id}-2`]: 1 }, { id: 'parcel-2' })
    expect(await confirm.make(account, rest)).toMatchObject({ ok: true })
    expect(stored(id)).toMatchObject({ order_state: 'SHIPPED' })
    expect(operator.state()['shipments']).toHaveLength(2)
  })

  test.each(['commit-then-drop', 'drop', 'html', 'unavailable'] as const)(
    'after %s each parcel is there once',
    async (how) => {
      const { account, order, id, operator } = await marketWith('to-ship', { settings })
      const parcel = parcelOf(order, { [`${id}-1`]: 1 })
      account.misbehave(how, { which: writes })
      expect(await confirm.make(account, parcel)).toMatchObject({ error: { next: 'doubt' } })
      const found = await confirm.look(account, parcel)
      expect(found.ok && found.value !== undefined).toBe(how === 'commit-then-drop')
      expect(await confirm.make(account, parcel)).toMatchObject({ ok: true })
      expect(operator.state()['shipments']).toHaveLength(1)
    },
  )

  test('a shipment that was made and not shipped is shipped', async () => {
    const { account, order, id, operator } = await marketWith('to-ship', { settings })
    const parcel = parcelOf(order, { [`${id}-1`]: 1 })
    const send = account.send
    const half: typeof send = (call) =>
      send({
        ...call,
        ...(call.body && { body: call.body.replace('"shipped":true', '"shipped":false') }),
      })
    await confirm.make({ ...account, send: half }, parcel)
    expect(operator.state()['shipments']).toMatchObject([{ status: 'SHIPPING' }])
    expect(await confirm.look(account, parcel)).toEqual({ ok: true, value: undefined })
    expect(await confirm.make(account, parcel)).toEqual({ ok: true, value: { id: `${id}-S1` } })
    expect(operator.state()['shipments']).toMatchObject([{ status: 'SHIPPED' }])
  })

  test('a shipment that was cancelled there is made anew', async () => {
    const { account, order, id, world, operator } = await marketWith('to-ship', { settings })
    const parcel = parcelOf(order, { [`${id}-1`]: 1 })
    const cancelled = { id: 'S0', order_id: id, status: 'CANCELED' }
    const shipment_lines = [{ package_reference: 'parcel-1' }]
    world.documents.put('shipments', 'S0', { ...cancelled, shipment_lines })
    expect(await confirm.look(account, parcel)).toEqual({ ok: true, value: undefined })
    expect(await confirm.make(account, parcel)).toMatchObject({ ok: true })
    expect(operator.state()['shipments']).toHaveLength(2)
  })

  test('a refusal that comes with 201 is one', async () => {
    const { account, order, id } = await marketWith('to-ship', { settings })
    const said = await confirm.make(account, parcelOf(order, { [`${id}-1`]: 4 }))
    expect(said).toMatchObject({
      error: {
        next: 'except',
        reason: 'mirakl refuses the shipment: Shipment quantity is invalid.',
      },
    })
  })

  test('shipments are looked for on every page', async () => {
    const { account, order, id } = await marketWith('to-ship', { settings })
    const parcel = parcelOf(order, { [`${id}-1`]: 1 }, { id: 'on-page-two' })
    const page = (url: string) =>
      url.includes('page_token=two')
        ? {
            data: [
              {
                id: 'S9',
                status: 'SHIPPED',
                shipment_lines: [{ package_reference: 'on-page-two' }],
              },
            ],
          }
        : { data: [{ id: 'S1', status: 'SHIPPED', shipment_lines: [] }], next_page_token: 'two' }
    const send: typeof account.send = async ({ url }) => ({
      ok: true,
      value: { status: 200, headers: {}, body: JSON.stringify(page(url)) },
    })
    expect(await confirm.look({ ...account, send }, parcel)).toEqual({
      ok: true,
      value: { id: 'S9' },
    })
  })
})

describe('cancel-sale', () => {
  test('before acceptance the order is refused as a whole', async () => {
    const { account, order, id, stored } = await marketWith('awaiting-acceptance')
    expect(await cancel.make(account, subjectOf(order))).toEqual({ ok: true, value: { id } })
    expect(written(account.calls)[0]).toMatchObject({
      did: `PUT /api/orders/${id}/accept`,
      said: { order_lines: [{ accepted: false }] },
    })
    expect(stored(id)).toMatchObject({ order_state: 'REFUSED' })
    expect(await cancel.look(account, subjectOf(order))).toEqual({ ok: true, value: { id } })
  })

  test('before acceptance a part cannot be taken back', async () => {
    const { account, order, id } = await marketWith('awaiting-acceptance')
    const said = await cancel.make(account, subjectOf(order, { [`${id}-1`]: 1 }))
    expect(said).toMatchObject({ error: { next: 'except' } })
    expect(told(account.calls)).toEqual([])
  })

  test('while Mirakl allows it, all that stands is cancelled at once', async () => {
    const { account, order, id, stored } = await marketWith('awaiting-payment')
    expect(await cancel.make(account, subjectOf(order))).toEqual({ ok: true, value: { id } })
    expect(told(account.calls)).toEqual([`PUT /api/orders/${id}/cancel`])
    expect(stored(id)).toMatchObject({ order_state: 'CANCELED', total_price: 0 })
    const fetched = await mirakl.orders.fetchOrder(account, id)
    expect(fetched).toMatchObject({ value: { total: 2970, currentTotal: 0 } })
  })

  test('while Mirakl allows it, a part is cancelled at its share', async () => {
    const { account, order, id } = await marketWith('sales-tax', { can_cancel: true })
    const one = subjectOf(order, { [`${id}-1`]: 1 })
    expect(await cancel.make(account, one)).toEqual({ ok: true, value: { id } })
    expect(written(account.calls)).toEqual([
      {
        did: 'PUT /api/orders/cancel',
        said: {
          order_tax_mode: 'TAX_EXCLUDED',
          cancelations: [
            {
              order_line_id: `${id}-1`,
              quantity: 1,
              reason_code: '34',
              currency_iso_code: 'USD',
              amount: 29.99,
              shipping_amount: 0,
              taxes: [
                { code: 'STATE', amount: 1.88 },
                { code: 'CITY', amount: 0.75 },
              ],
              shipping_taxes: [
                { code: 'STATE', amount: 0 },
                { code: 'CITY', amount: 0 },
              ],
              fees: [],
            },
          ],
        },
      },
    ])
    const fetched = await mirakl.orders.fetchOrder(account, id)
    expect(fetched).toMatchObject({
      value: {
        total: order.total,
        currentTotal: order.total - 2999 - 188 - 75,
        lines: [{ quantity: 2, removed: 1 }],
      },
    })
  })

  test('the last units take the rest, so that nothing is left of a cent', async () => {
    const { account, order, id } = await marketWith('sales-tax', { can_cancel: true })
    await cancel.make(account, subjectOf(order, { [`${id}-1`]: 1 }))
    const known = await mirakl.orders.fetchOrder(account, id)
    if (!known.ok || !known.value) throw new Error('not fetched')
    await cancel.make(account, subjectOf(known.value, { [`${id}-1`]: 1 }))
    const fetched = await mirakl.orders.fetchOrder(account, id)
    expect(fetched).toMatchObject({ value: { total: order.total, currentTotal: 0 } })
  })

  test('once the buyer has paid, units are refunded and kept from shipping', async () => {
    const { account, order, id, stored } = await marketWith('to-ship')
    expect(await cancel.make(account, subjectOf(order, { [`${id}-1`]: 1 }))).toMatchObject({
      ok: true,
    })
    expect(written(account.calls)).toMatchObject([
      {
        did: 'PUT /api/orders/refund',
        said: {
          refunds: [{ quantity: 1, amount: 12.9, excluded_from_shipment: true, reason_code: '15' }],
        },
      },
    ])
    expect(stored(id)).toMatchObject({ total_price: 85.6 })
    const fetched = await mirakl.orders.fetchOrder(account, id)
    expect(fetched).toMatchObject({
      value: { total: 8560, currentTotal: 7270, lines: [{ removed: 1 }, { removed: 0 }] },
    })
  })

  test('unit by unit or together, each gets its share to the nearest cent, and all get the whole', () => {
    const json = exactly(text('mirakl', 'to-ship.wire.json'))
    const order = WireOrder.parse(json.ok && json.value)
    const parcels = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(parcels, fc.integer({ min: 1, max: 100_000 }), (parts, cents) => {
        const [first] = order.order_lines
        if (!first) throw new Error('the fixture has no line')
        let line = { ...first, price: (cents / 100).toFixed(2) }
        let left = parts.reduce((sum, units) => sum + units, 0)
        let worth = cents
        for (const units of parts) {
          const part = toPart(order, { line, units, left }, '1')
          const back = Math.round(part.amount * 100)
          expect(Math.abs(back - (worth * units) / left)).toBeLessThanOrEqual(0.5)
          const refund = {
            amount: (back / 100).toFixed(2),
            taxes: [],
            shipping_taxes: [],
            fees: [],
          }
          line = { ...line, refunds: [...line.refunds, refund] }
          left -= units
          worth -= back
        }
        expect(worth).toBe(0)
      }),
    )
  })

  test('a second refund of a line is of what the first left', async () => {
    const { account, order, id } = await marketWith('to-ship')
    await cancel.make(account, subjectOf(order, { [`${id}-1`]: 1 }))
    const known = await mirakl.orders.fetchOrder(account, id)
    if (!known.ok || !known.value) throw new Error('not fetched')
    await cancel.make(account, subjectOf(known.value, { [`${id}-1`]: 2 }))
    expect(written(account.calls)[1]?.said).toMatchObject({
      refunds: [{ quantity: 2, amount: 25.8, shipping_amount: 3.9 }],
    })
  })

  test.each([
    ['sales-tax', { can_cancel: true }],
    ['to-ship', {}],
  ])('of %s, units are taken back once, however often it is asked', async (name, change) => {
    const { account, order, id } = await marketWith(name, change)
    const one = subjectOf(order, { [`${id}-1`]: 1 })
    expect(await cancel.look(account, one)).toEqual({ ok: true, value: undefined })
    account.misbehave('commit-then-drop', { which: writes })
    expect(await cancel.make(account, one)).toMatchObject({ error: { next: 'doubt' } })
    expect(await cancel.look(account, one)).toEqual({ ok: true, value: { id } })
    expect(await cancel.make(account, one)).toEqual({ ok: true, value: { id } })
    expect(told(account.calls)).toHaveLength(1)
  })

  test('units are taken back on top of those that we know of and the snapshot does not', async () => {
    const { account, order, id } = await marketWith('to-ship')
    const line = { id: `${id}-1`, quantity: 1 }
    await cancel.make(account, { ...subjectOf(order), lines: [{ ...line, takenInAll: 1 }] })
    const more = { ...subjectOf(order), lines: [{ ...line, takenInAll: 2 }] }
    expect(await cancel.look(account, more)).toEqual({ ok: true, value: undefined })
    await cancel.make(account, more)
    const fetched = await mirakl.orders.fetchOrder(account, id)
    expect(fetched).toMatchObject({ value: { lines: [{ removed: 2 }, { removed: 0 }] } })
    expect(await cancel.look(account, more)).toEqual({ ok: true, value: { id } })
  })

  test.each([
    ['to-ship', {}, 'reasons.refund'],
    ['sales-tax', { can_cancel: true }, 'reasons.cancel'],
  ])('without a reason for %s it says what to write', async (name, change, field) => {
    const { account, order, id } = await marketWith(name, { ...change, settings: { reasons: {} } })
    const said = await cancel.make(account, subjectOf(order, { [`${id}-1`]: 1 }))
    expect(said).toMatchObject({
      error: { next: 'except', reason: expect.stringContaining(field) },
    })
    expect(told(account.calls)).toEqual([])
  })

  test('what has left is not taken back', async () => {
    const { account, order, id } = await marketWith('refunded')
    const said = await cancel.make(account, subjectOf(order, { [`${id}-1`]: 1 }))
    expect(said).toMatchObject({
      error: { next: 'except', reason: expect.stringContaining('SHIPPED') },
    })
  })

  test('with order level taxes, cancelations name no tax, and refunds do', async () => {
    const { account, order, id } = await marketWith('order-level-tax', { can_cancel: true })
    await cancel.make(account, subjectOf(order, { [`${id}-1`]: 1 }))
    const [{ said } = { said: undefined }] = written(account.calls)
    expect(Object.keys(said.cancelations[0])).not.toEqual(expect.arrayContaining(['taxes']))
    const paid = await marketWith('order-level-tax')
    await cancel.make(paid.account, subjectOf(paid.order, { [`${paid.id}-1`]: 1 }))
    expect(written(paid.account.calls)[0]?.said.refunds[0]).toHaveProperty('taxes')
  })
})

import fc from 'fast-check'
import { shipbob } from '../../connectors/shipbob/index.ts'
import { read } from '../../connectors/shipbob/read.ts'
import type { Delivery, Reading } from '../../domain/reading.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import { Shipment } from '../../schemas/canonical/shipment.ts'
import { casesIn, fixture } from '../support/fixtures.ts'

interface Wire {
  readonly via: Delivery['via']
  readonly headers: Delivery['headers']
  readonly body: unknown
}

const connection = ConnectionId.parse('shipbob/demo-wms')

const deliver = (
  via: Delivery['via'],
  body: string,
  headers: Delivery['headers'] = {},
): Delivery => ({
  connection,
  via,
  headers,
  body,
  receivedAt: '2026-11-21T10:00:00.000Z',
})

// The fixtures are this project's own.
const wire = (name: string) => fixture('shipbob', `${name}.wire.json`) as Wire
const readings = (name: string) => fixture('shipbob', `${name}.readings.json`) as Reading[]

describe('what ShipBob says', () => {
  test.each(casesIn('shipbob', '.wire.json'))('%s', (name) => {
    const { via, headers, body } = wire(name)
    expect(read(deliver(via, JSON.stringify(body), headers))).toEqual({
      ok: true,
      value: readings(name),
    })
  })

  test('is the same of one parcel whether it came as an order, as a shipment or by the sweep', () => {
    const parcels = (name: string) => readings(name).filter(({ type }) => type === 'shipped')
    expect(parcels('shipped-parcel')).toHaveLength(1)
    for (const name of ['shipped-order', 'swept-order', 'delivered']) {
      expect(parcels(name)).toEqual(parcels('shipped-parcel'))
    }
  })

  test('of one shipment that waits for stock gives way to what the whole order says of that moment', () => {
    const [one] = readings('out-of-stock')
    const body = wire('out-of-stock').body as { last_update_at: string }
    expect(one).toMatchObject({ type: 'backordered', since: '2026-11-21T08:04:59.999Z' })
    expect(Date.parse(body.last_update_at)).toBe(Date.parse('2026-11-21T08:05:00Z'))
  })

  test.each([
    ['shopify_demo-store_1', 'shopify_demo-store_1'],
    ['shopify_demo-store_1.r2', 'shopify_demo-store_1'],
    ['shopify_demo-store_1-2.r13', 'shopify_demo-store_1-2'],
    ['shopify_demo-store_1-2', 'shopify_demo-store_1-2'],
    ['shopify_demo-store_1r2', 'shopify_demo-store_1r2'],
  ])('the reference %s is about %s', (reference, orderId) => {
    const body = { ...(wire('on-hold').body as object), reference_id: reference }
    expect(read(deliver('webhook', JSON.stringify(body)))).toMatchObject({ value: [{ orderId }] })
  })

  test.each([
    '.r2',
    'shopify_demo-store_1.r',
    'shopify_demo-store_1.r2.r3',
    'shopify_demo-store_1.2',
  ])('the reference %s is not ours', (reference) => {
    const body = { ...(wire('on-hold').body as object), reference_id: reference }
    expect(read(deliver('webhook', JSON.stringify(body)))).toMatchObject({
      value: [{ type: 'nothing' }],
    })
  })

  test('fits the canonical shipment', () => {
    for (const name of casesIn('shipbob', '.wire.json')) {
      for (const reading of readings(name)) {
        if (reading.type !== 'shipped') continue
        const { warehouseOrder: _, lines, ...shipment } = reading.shipment
        const byLine = lines.map(({ sku, quantity }) => ({ id: sku, quantity }))
        expect(Shipment.safeParse({ ...shipment, lines: byLine }).success).toBe(true)
      }
    }
  })

  test('never carries personal data in a reason', () => {
    const said = JSON.stringify(
      read(deliver('webhook', JSON.stringify(wire('on-hold').body), wire('on-hold').headers)),
    )
    expect(said).not.toMatch(/Example|Springfield/)
  })

  test.each([
    ['2026-11-21T08:00:00', '2026-11-21T08:00:00.000Z'],
    ['2026-11-21T09:00:00+01:00', '2026-11-21T08:00:00.000Z'],
    ['2026-11-21T08:00:00.1234567Z', '2026-11-21T08:00:00.123Z'],
    ['soon', '2026-11-21T10:00:00.000Z'],
    ['+012026-01-01T00:00:00Z', '2026-11-21T10:00:00.000Z'],
  ])('takes %s for %s', (written, instant) => {
    const body = {
      id: 1,
      order_id: 2,
      reference_id: 'shopify_demo_1',
      status: 'Completed',
      products: [{ reference_id: 'A', inventory_items: [{ id: 1, quantity: 1 }] }],
      actual_fulfillment_date: written,
    }
    const result = read(
      deliver('webhook', JSON.stringify(body), { 'x-webhook-topic': 'order.shipped' }),
    )
    expect(result).toMatchObject({ ok: true, value: [{ shipment: { shippedAt: instant } }] })
  })

  test('is a sentence or an unreadable payload, never a throw', () => {
    const topic = fc.option(fc.constantFrom(...shipbob.topics, 'wro.created', '__proto__'), {
      nil: undefined,
    })
    fc.assert(
      fc.property(fc.constantFrom('webhook', 'sweep'), hostile(), topic, (via, body, name) => {
        const result = read(deliver(via, body, name ? { 'x-webhook-topic': name } : {}))
        if (result.ok) expect(result.value.length).toBeGreaterThan(0)
        else expect(result.error).toMatchObject({ next: 'except', code: 'unreadable-payload' })
      }),
      { numRuns: 500 },
    )
  })
})

/** Text, JSON of any kind, and orders and shipments of which every field may be anything. */
function hostile(): fc.Arbitrary<string> {
  const odd = fc.oneof(
    fc.constantFrom(
      'Completed',
      'OnHold',
      'Cancelled',
      'shopify_demo_1',
      '__proto__',
      null,
      -1,
      2 ** 60,
      1,
    ),
    fc.jsonValue({ maxDepth: 1 }),
  )
  const shipment = fc.dictionary(
    fc.constantFrom(
      'id',
      'order_id',
      'reference_id',
      'status',
      'status_details',
      'products',
      'tracking',
      'last_update_at',
    ),
    odd,
  )
  const order = fc.record({
    id: odd,
    reference_id: odd,
    status: odd,
    shipments: fc.oneof(odd, fc.array(shipment)),
  })
  return fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.oneof(shipment, order).map((value) => JSON.stringify(value)),
    fc.constantFrom(
      '',
      '[',
      '[]',
      'null',
      '['.repeat(100_000),
      '{"shipments":{}}',
      '{"__proto__":{"shipments":[]}}',
    ),
  )
}

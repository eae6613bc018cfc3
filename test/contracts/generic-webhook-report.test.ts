import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { z } from 'zod'
import { genericWebhook } from '../../connectors/generic-webhook/index.ts'
import type { Failure } from '../../domain/failure.ts'
import type { Reading } from '../../domain/reading.ts'
import type { Result } from '../../domain/result.ts'
import { Report } from '../../schemas/api/report.ts'
import { casesIn, fixture } from '../support/fixtures.ts'
import { partner } from '../support/generic-webhook.ts'

const orderId = 'shopify_main-store_1001'
const at = '2026-11-21T10:00:00Z'
const parcel = {
  id: 'P1',
  warehouseOrder: 'W1',
  lines: [{ sku: 'MUG', quantity: 1 }],
  shippedAt: at,
}

function said(report: unknown): Result<readonly Reading[], Failure> | undefined {
  const body = typeof report === 'string' ? report : JSON.stringify(report)
  const receivedAt = '2026-11-21T10:00:00.000Z'
  return genericWebhook.read?.({
    connection: partner,
    via: 'webhook',
    headers: {},
    body,
    receivedAt,
  })
}

describe('a report', () => {
  const cases = casesIn('generic-webhook', '.wire.json')

  test.each(cases)('%s is read as written beside it, and fits the JSON Schema', (name) => {
    const report = fixture('generic-webhook', `${name}.wire.json`)
    const readings = fixture('generic-webhook', `${name}.readings.json`)
    expect(said(report)).toEqual({ ok: true, value: readings })
    expect(fits(report)).toBe(true)
  })

  test('of every kind is recorded', () => {
    const types = cases.map((name) => Object(fixture('generic-webhook', `${name}.wire.json`)).type)
    expect([...new Set(types)].toSorted()).toEqual(genericWebhook.topics.toSorted())
  })

  test.each([
    ['no JSON', '{"type":', 'the body is not JSON'],
    ['no object', [1], 'body: write an object in { }'],
    [
      'no type',
      { orderId },
      'type: write one of shipped, held, resumed, backordered, answered, counted, moved',
    ],
    [
      'a misspelt type',
      { type: 'shiped', orderId },
      'type: write one of shipped, held, resumed, backordered, answered, counted, moved',
    ],
    [
      'no order',
      { type: 'resumed', since: at },
      'orderId: is missing; write the orderId that Crossdock sent',
    ],
    [
      'an order of its own',
      { type: 'resumed', orderId: '1001', since: at },
      'orderId: write it as <connector>_<name>_<channel order id>, for example shopify_main-store_1001',
    ],
    [
      'a misspelt field',
      { type: 'resumed', orderId, since: at, sinse: at },
      'body: unknown field sinse; the fields are type, orderId, since',
    ],
    [
      'a misspelt field of the parcel',
      { type: 'shipped', orderId, shipment: { ...parcel, tracking: 'T' } },
      'shipment: unknown field tracking; the fields are id, warehouseOrder, lines, shippedAt, carrier, trackingNumber, trackingUrl, location, revisedAt',
    ],
    [
      'an empty parcel',
      { type: 'shipped', orderId, shipment: { ...parcel, lines: [] } },
      'shipment.lines: write the contents of the parcel, at least one { sku, quantity }',
    ],
    [
      'half a unit',
      { type: 'shipped', orderId, shipment: { ...parcel, lines: [{ sku: 'M', quantity: 0.5 }] } },
      'shipment.lines.0.quantity: write a whole number of units (it is 0.5)',
    ],
    [
      'no unit',
      { type: 'shipped', orderId, shipment: { ...parcel, lines: [{ sku: 'M', quantity: 0 }] } },
      'shipment.lines.0.quantity: write a whole number of units above 0',
    ],
    [
      'a day instead of a moment',
      { type: 'shipped', orderId, shipment: { ...parcel, shippedAt: '2026-11-21' } },
      'shipment.shippedAt: write a time in ISO 8601 with Z or an offset, for example 2026-11-21T10:00:00Z',
    ],
    [
      'a moment before all years',
      { type: 'resumed', orderId, since: '0000-01-01T00:00:00+14:00' },
      'since: is not an ISO 8601 date and time such as 2026-11-30T12:00:00Z',
    ],
    [
      'a moment of nowhere',
      { type: 'resumed', orderId, since: '2026-11-21T10:00:00' },
      'since: write a time in ISO 8601 with Z or an offset, for example 2026-11-21T10:00:00Z',
    ],
    [
      'a link that is a script',
      { type: 'shipped', orderId, shipment: { ...parcel, trackingUrl: 'javascript:alert(1)' } },
      'shipment.trackingUrl: write an address, or leave it out',
    ],
    [
      'null for nothing',
      { type: 'shipped', orderId, shipment: { ...parcel, carrier: null } },
      "shipment.carrier: write the carrier's name, or leave it out",
    ],
    [
      'a hold without a reason',
      { type: 'held', orderId, reason: '' },
      'reason: write the reason, without names, addresses or other personal data',
    ],
    [
      'a novel',
      { type: 'held', orderId, reason: 'x'.repeat(501) },
      'reason: write at most 500 characters',
    ],
    [
      'an answer to nothing',
      { type: 'answered', orderId, answer: { type: 'not-done' } },
      'intentId: is missing; write the intentId of the message that you answer',
    ],
  ])('with %s is refused in words', (_, report, reason) => {
    expect(said(report)).toEqual({
      ok: false,
      error: { next: 'except', code: 'unreadable-payload', reason },
    })
  })

  test('answers with nothing but what an answer is', () => {
    const answered = (answer: unknown) =>
      JSON.stringify(said({ type: 'answered', orderId, intentId: 'release-order', answer }))
    expect(answered({ type: 'done' })).toContain('answer.reference')
    expect(answered({ type: 'perhaps' })).toContain('answer.type')
    expect(answered('done')).toContain('answer')
    for (const answer of [{ type: 'done' }, { type: 'perhaps' }, 'done', undefined]) {
      expect(said({ type: 'answered', orderId, intentId: 'release-order', answer })?.ok).toBe(false)
    }
  })

  test('says everything that is wrong at once', () => {
    const shipment = { ...parcel, id: '', lines: [{ sku: '', quantity: -1 }] }
    const told = said({ type: 'shipped', orderId: 'x', shipment })
    expect(told?.ok === false && told.error.reason.split('; ')).toHaveLength(4)
  })

  test('does not repeat what it said, which may be about people', () => {
    const secret = 'Alex Sample'
    for (const report of [
      { type: secret, orderId },
      { type: 'held', orderId: secret, reason: 'x' },
      { type: 'resumed', orderId, since: secret },
      { type: 'shipped', orderId, shipment: { ...parcel, trackingUrl: secret } },
    ]) {
      expect(JSON.stringify(said(report))).not.toContain(secret)
    }
  })
})

function fits(report: unknown): boolean {
  const ajv = new Ajv2020({ strict: false })
  addFormats.default(ajv)
  return ajv.validate(z.toJSONSchema(Report, { io: 'input' }), report)
}

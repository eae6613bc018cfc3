import { createHmac } from 'node:crypto'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { z } from 'zod'
import { toMessage } from '../../connectors/generic-webhook/to-message.ts'
import { door } from '../../connectors/generic-webhook/verify.ts'
import { Message } from '../../connectors/generic-webhook/wire.ts'
import { standardHeaders } from '../../connectors/kit/signatures.ts'
import type { NameKind, Subject } from '../../domain/effects/effect.ts'
import { casesIn, requestOf } from '../support/fixtures.ts'
import { partner, partnerAccount, subjectOf } from '../support/generic-webhook.ts'

const old = `whsec_${Buffer.from('0123456789abcdef01234567').toString('base64')}`
const fresh = `whsec_${Buffer.from('fedcba9876543210fedcba98').toString('base64')}`

const headersOf = ({ account }: ReturnType<typeof partnerAccount>, index = -1) =>
  account.calls.at(index)?.headers ?? {}

describe('a message', () => {
  test('is signed so that the libraries of Standard Webhooks take it', () => {
    // https://github.com/standard-webhooks/standard-webhooks
    const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}' }
    const headers = standardHeaders({ ...message, now: new Date(1_614_265_330_999) }, [
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    ])
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    })
  })

  test('carries a signature of each secret during a rotation, and the receiver may know either', async () => {
    const system = partnerAccount()
    const secret = { ...system.twin.secret, signingSecrets: [fresh, old] }
    const account = { ...system.account, secret: async () => secret }
    await system.effectOf('release-order').make(account, subjectOf('release-plain'))
    const [call] = system.account.calls
    const headers = call?.headers ?? {}
    expect(headers['webhook-signature']?.split(' ')).toHaveLength(2)
    const request = { headers, body: Buffer.from(call?.body ?? ''), now: system.world.clock }
    for (const known of [fresh, old]) expect(door.verify(request, [known])).toBe(true)
  })

  test('has the same webhook-id at every attempt and another for any other piece of work', async () => {
    const system = partnerAccount()
    const idOf = async (subject: Subject, account: object = {}) => {
      await system.effectOf('release-order').make({ ...system.account, ...account }, subject)
      return headersOf(system)['webhook-id']
    }
    const subject = subjectOf('release-plain')
    const first = await idOf(subject)
    expect(first).toMatch(/^msg_[0-9a-f]{32}$/)
    system.world.clock = new Date(system.world.clock.getTime() + 60_000)
    const later = { ...subject, order: { ...subject.order, number: '#1001-changed' }, round: 2 }
    expect(await idOf(later)).toBe(first)

    const others = [
      await idOf({ ...subject, intentId: 'release-order-2' }),
      await idOf(subjectOf('release-yen')),
      await idOf(subject, { connection: 'generic-webhook/other' }),
    ]
    expect(new Set([first, ...others]).size).toBe(4)
  })

  test('takes the headers of the secret along, and none that it is made of itself', async () => {
    const system = partnerAccount()
    const send = async (headers: object) => {
      const secret = { ...system.twin.secret, headers }
      const account = { ...system.account, secret: async () => secret }
      return system.effectOf('release-order').make(account, subjectOf('release-plain'))
    }
    expect(await send({ 'x-api-key': 'k1' })).toMatchObject({ ok: true })
    expect(headersOf(system)).toMatchObject({
      'x-api-key': 'k1',
      'content-type': 'application/json',
    })
    for (const name of ['webhook-id', 'content-type', 'X-Api-Key', 'a b']) {
      expect(await send({ [name]: 'x' })).toMatchObject({ ok: false, error: { next: 'halt' } })
    }
  })

  test.each([
    ['no secret', { signingSecrets: [] }],
    ['one that is none', { signingSecrets: ['secret'] }],
    ['one that is too short', { signingSecrets: ['whsec_c2hvcnQ='] }],
    ['three of them', { signingSecrets: [old, fresh, old] }],
  ])('is not sent with %s to sign it', async (_, secret) => {
    const system = partnerAccount()
    const account = { ...system.account, secret: async () => secret }
    const made = await system.effectOf('release-order').make(account, subjectOf('release-plain'))
    expect(made).toMatchObject({ ok: false, error: { next: 'halt' } })
    expect(JSON.stringify(made)).not.toContain('c2hvcnQ')
    expect(system.account.calls).toEqual([])
  })

  test('calls everything as the connection does', () => {
    const names = (kind: NameKind, code: string) => `${kind}:${code}`
    const shipment = {
      id: '9',
      lines: [{ id: '41', quantity: 1 }],
      carrier: 'DHL',
      location: 'B1',
      shippedAt: '2026-11-21T09:00:00.000Z',
    }
    const subject = subjectOf('book-taxes-included', { names, shipment })
    const message = toMessage({ effect: 'post-shipment', connection: partner }, subject)
    expect(message).toMatchObject({
      ok: true,
      value: {
        lines: [{ id: '41', sku: 'sku:MUG-BLUE' }, { id: '42' }],
        shipment: {
          carrier: 'carrier:DHL',
          location: 'location:B1',
          lines: [{ id: '41', sku: 'sku:MUG-BLUE', quantity: 1 }],
        },
        order: {
          lines: [{ sku: 'sku:MUG-BLUE', taxCode: 'tax-code:VAT-19' }, {}],
          shipping: [{ title: 'DHL Paket', code: 'shipping-method:dhl' }],
          tenders: [{ method: 'payment-method:gift_card' }, { method: 'payment-method:paypal' }],
          people: { customer: { id: 'customer:8', email: 'kim@example.com' } },
        },
      },
    })
  })

  test('lists what stands, and for a warehouse goods alone', () => {
    const lines = (effect: Message['effect'], subject: Subject) => {
      const message = toMessage({ effect, connection: partner }, subject)
      return message.ok ? message.value.lines : message.error
    }
    const subject = subjectOf('release-goods-only')
    const mug = { id: '21', sku: 'MUG-BLUE', quantity: 2 }
    expect(lines('release-order', subject)).toEqual([mug])
    expect(lines('create-order', subject)).toEqual([mug, { id: '22', sku: 'CARD-25', quantity: 1 }])
    const [first] = subject.lines
    const parts = [{ sku: 'CUP', quantity: 1 }]
    const bundle = {
      ...subject,
      lines: [{ id: '21', quantity: first?.quantity ?? 0, components: parts }],
    }
    expect(lines('amend-release', bundle)).toEqual([{ ...mug, components: parts }])
    const nothing = { ...subject, lines: [{ id: '21', quantity: 0 }] }
    expect(lines('cancel-release', nothing)).toEqual([])
    expect(lines('release-order', nothing)).toMatchObject({ next: 'ignore' })
  })

  test('does not go to a warehouse with a line that could never be reported', () => {
    const subject = subjectOf('release-plain')
    const [first, ...rest] = subject.order.lines
    const lines = [{ ...Object(first), sku: undefined }, ...rest]
    const unnamed = { ...subject, order: { ...subject.order, lines } }
    expect(toMessage({ effect: 'release-order', connection: partner }, unnamed)).toMatchObject({
      ok: false,
      error: { next: 'except', code: 'missing-sku', reason: expect.stringContaining('line 11') },
    })
    expect(toMessage({ effect: 'create-order', connection: partner }, unnamed)).toMatchObject({
      ok: true,
    })
  })
})

test('a parcel that is not there is not posted', () => {
  const subject = subjectOf('book-taxes-included')
  expect(toMessage({ effect: 'post-shipment', connection: partner }, subject)).toMatchObject({
    ok: false,
    error: { next: 'except', code: 'effect-refused' },
  })
})

test('the JSON Schema of the messages takes every recorded one and nothing else', () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  const fits = ajv.compile(z.toJSONSchema(Message))
  const cases = casesIn('generic-webhook', '.requests.json')
  expect(cases.length).toBeGreaterThan(6)
  for (const name of cases) {
    const request = requestOf('generic-webhook', name)
    expect(fits(request)).toBe(true)
    expect(fits({ ...Object(request), effect: 'post-shipment' })).toBe(false)
  }
})

test('the signature is over the bytes that leave', async () => {
  const system = partnerAccount()
  await system.effectOf('release-order').make(system.account, subjectOf('release-yen'))
  const [call] = system.account.calls
  const [secret = ''] = Object(system.twin.secret).signingSecrets
  const {
    'webhook-id': id,
    'webhook-timestamp': at,
    'webhook-signature': signature,
  } = Object(call?.headers)
  const key = Buffer.from(secret.slice(6), 'base64')
  const hmac = createHmac('sha256', key).update(`${id}.${at}.${call?.body}`).digest('base64')
  expect(signature).toBe(`v1,${hmac}`)
})

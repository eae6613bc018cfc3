import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { door as webhook } from '../../connectors/generic-webhook/verify.ts'
import { door as shipbob } from '../../connectors/shipbob/verify.ts'

const current = `whsec_${Buffer.from('0123456789abcdef01234567').toString('base64')}`
const previous = `whsec_${Buffer.from('fedcba9876543210fedcba98').toString('base64')}`
const now = new Date('2026-11-21T10:00:00.000Z')
const seconds = now.getTime() / 1000
const body = Buffer.from('{"id":1,"name":"Zoë"}')

interface Message {
  readonly id?: string
  readonly timestamp?: string
  readonly body?: Uint8Array
  readonly secret?: string
}

function sign({
  id = 'msg_1',
  timestamp = String(seconds),
  body: raw = body,
  secret = current,
}: Message = {}) {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  const hmac = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(raw)
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${hmac.digest('base64')}`,
  }
}

describe.each([
  ['ShipBob', shipbob],
  ['reports', webhook],
])('the door of %s', (_, door) => {
  const verify = (
    headers: Readonly<Record<string, string | undefined>>,
    secrets: readonly string[] = [current],
    raw: Uint8Array = body,
  ): boolean => door.verify({ headers, body: raw, now }, secrets)

  test('opens to the vector that the Standard Webhooks libraries share', () => {
    // https://github.com/standard-webhooks/standard-webhooks
    const request = {
      headers: {
        'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        'webhook-timestamp': '1614265330',
        'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
      },
      body: Buffer.from('{"test": 2432232314}'),
      now: new Date(1_614_265_330_000),
    }
    expect(door.verify(request, ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'])).toBe(true)
  })

  test('opens to either secret during a rotation, and to either signature', () => {
    expect(verify(sign(), [previous, current])).toBe(true)
    expect(verify(sign({ secret: previous }), [current, previous])).toBe(true)
    const both = `${sign({ secret: previous })['webhook-signature']} ${sign()['webhook-signature']}`
    expect(verify({ ...sign(), 'webhook-signature': both })).toBe(true)
    expect(verify(sign({ secret: previous }))).toBe(false)
  })

  test('opens to a signature without padding, as in the documentation, and beside one of another version', () => {
    const signature = sign()['webhook-signature']
    expect(verify({ ...sign(), 'webhook-signature': signature.replace(/=+$/, '') })).toBe(true)
    expect(verify({ ...sign(), 'webhook-signature': `v1a,AAAA ${signature}` })).toBe(true)
  })

  test.each([
    ['a changed id', { 'webhook-id': 'msg_2' }],
    ['a changed moment', { 'webhook-timestamp': String(seconds - 1) }],
    ['no id', { 'webhook-id': undefined }],
    ['no moment', { 'webhook-timestamp': undefined }],
    ['no signature', { 'webhook-signature': undefined }],
    ['an empty signature', { 'webhook-signature': '' }],
    ['a signature without version', { 'webhook-signature': sign()['webhook-signature'].slice(3) }],
    ['another version', { 'webhook-signature': sign()['webhook-signature'].replace('v1', 'v2') }],
    ['a shortened signature', { 'webhook-signature': sign()['webhook-signature'].slice(0, 20) }],
    [
      'a signature sent twice',
      { 'webhook-signature': `${sign()['webhook-signature']},${sign()['webhook-signature']}` },
    ],
    [
      'a signature sent twice with a space',
      { 'webhook-signature': `${sign()['webhook-signature']}, ${sign()['webhook-signature']}` },
    ],
    ['a moment sent twice', { 'webhook-timestamp': `${seconds},${seconds}` }],
    ['a moment with a sign', { 'webhook-timestamp': `+${seconds}` }],
    ['an id with a full stop', sign({ id: 'msg.1' })],
    ['an id sent twice', sign({ id: 'msg_1,msg_1' })],
  ])('stays shut to %s', (_name, headers) => {
    expect(verify({ ...sign(), ...headers })).toBe(false)
  })

  test('stays shut five minutes before and after', () => {
    for (const [offset, opens] of [
      [-301, false],
      [-300, true],
      [300, true],
      [301, false],
    ] as const) {
      expect(verify(sign({ timestamp: String(seconds + offset) }))).toBe(opens)
    }
  })

  test('stays shut when no secret is known, or an empty one', () => {
    const empty = createHmac('sha256', '').update(`msg_1.${seconds}.`).update(body)
    const forged = { ...sign(), 'webhook-signature': `v1,${empty.digest('base64')}` }
    expect(verify(sign(), [])).toBe(false)
    expect(verify(forged, ['', 'whsec_', 'whsec_!'])).toBe(false)
  })

  test('opens to any bytes that were signed, and to none of them once a bit is turned', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.nat(), fc.nat(7), (raw, place, bit) => {
        const headers = sign({ body: raw })
        expect(verify(headers, [current], raw)).toBe(true)
        const turned = Uint8Array.from(raw)
        const at = place % raw.length
        turned[at] = (turned[at] ?? 0) ^ (1 << bit)
        expect(verify(headers, [current], turned)).toBe(false)
      }),
    )
  })

  test('never throws, whatever the headers and secrets', () => {
    const text = fc.option(fc.string({ unit: 'binary' }), { nil: undefined })
    const headers = fc.record({
      'webhook-id': text,
      'webhook-timestamp': fc.oneof(text, fc.constant(String(seconds))),
      'webhook-signature': fc.oneof(text, fc.constant('v1,AAAA')),
    })
    fc.assert(
      fc.property(headers, fc.array(fc.string()), fc.uint8Array(), (given, secrets, raw) => {
        expect(verify(given, secrets, raw)).toBe(false)
      }),
    )
  })
})

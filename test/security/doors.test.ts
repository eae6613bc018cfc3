import { createHmac } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import type { Door } from '../../domain/door.ts'
import { foldersOf } from '../support/fixtures.ts'
import { tries } from '../support/laws.ts'

const now = new Date('2026-11-21T10:00:00.000Z')
const at = (seconds: number): string => String(now.getTime() / 1000 + seconds)
const body = Buffer.from('{"id":1,"name":"Zoë"}')
const key = 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3'
const other = 'ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4'

type Headers = Readonly<Record<string, string | undefined>>
type Sign = (raw: Uint8Array, secret: string, timestamp?: string) => Headers

const digest = (parts: readonly (string | Uint8Array)[], secret: string | Buffer): string =>
  parts.reduce((hmac, part) => hmac.update(part), createHmac('sha256', secret)).digest('base64')

/** How each system signs; the same secret text serves all, so that only the way of signing differs. */
const ways = {
  shopify: (raw, secret) => ({ 'x-shopify-hmac-sha256': digest([raw], secret) }),
  standard: (raw, secret, timestamp = at(0)) => ({
    'webhook-id': 'msg_1',
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${digest([`msg_1.${timestamp}.`, raw], Buffer.from(secret, 'base64'))}`,
  }),
} satisfies Record<string, Sign>

const wayOf = (connector: string): keyof typeof ways =>
  connector === 'shopify' ? 'shopify' : 'standard'

const doors = await Promise.all(
  foldersOf('connectors')
    .filter((connector) =>
      existsSync(join(import.meta.dirname, '../../connectors', connector, 'verify.ts')),
    )
    .map(async (connector) => {
      const { door } = (await import(`../../connectors/${connector}/verify.ts`)) as { door: Door }
      return [connector, door] as const
    }),
)

describe.each(doors)('the door of %s', (connector, door) => {
  const sign: Sign = ways[wayOf(connector)]
  const valid = sign(body, key)
  const opens = (headers: Headers, secrets: readonly string[] = [key], raw: Uint8Array = body) =>
    door.verify({ headers, body: raw, now }, secrets)
  /** The header that the signature is in, and the signature itself. */
  const [name = '', value = ''] = Object.entries(valid).at(-1) ?? []
  const signature = value.replace('v1,', '')
  const rewritten = (text: string): Headers => ({
    ...valid,
    [name]: value.replace(signature, text),
  })

  test('opens to what was signed as its system signs', () => {
    expect(opens(valid)).toBe(true)
    expect(opens(valid, [other, key])).toBe(true)
  })

  test.each(Object.entries(ways).filter(([way]) => way !== wayOf(connector)))(
    'stays shut to the same body signed with the same secret as %s signs',
    (_, foreign: Sign) => {
      expect(opens(foreign(body, key))).toBe(false)
      const [foreignName = '', foreignValue = ''] = Object.entries(foreign(body, key)).at(-1) ?? []
      expect(opens({ ...valid, [name]: undefined, [foreignName]: foreignValue })).toBe(false)
      expect(opens({ ...valid, [name]: foreignValue })).toBe(false)
      expect(opens({ ...valid, [name]: `v1,${foreignValue.replace('v1,', '')}` })).toBe(false)
    },
  )

  const bytes = Buffer.from(signature, 'base64')
  test.each([
    ['hexadecimal', bytes.toString('hex')],
    ['base64 for addresses', `-${signature.slice(1)}`],
    ['another case', signature.toLowerCase()],
    ['a name of its way', `sha256=${signature}`],
    ['a line break', `${signature}\n`],
    ['a zero', `${signature}\u0000`],
    ['a blank before', ` ${signature}`],
    ['itself twice', `${signature},${signature}`],
    ['itself twice, as API Gateway joins', `${signature}, ${signature}`],
    ['more padding', `${signature}==`],
    ['nothing', ''],
    ['a hundred thousand characters', 'A'.repeat(100_000)],
    ['characters of two bytes', 'é'.repeat(44)],
    ['full-width characters', signature.replace(/[A-Z]/, 'Ａ')],
  ])('stays shut to its signature written with %s', (_, text) => {
    expect(opens(rewritten(text))).toBe(false)
  })

  test('stays shut to every part of its signature', () => {
    // Without its padding it is still the whole signature, which Standard Webhooks let pass.
    const whole =
      wayOf(connector) === 'standard' ? signature.replace(/=+$/, '').length : signature.length
    for (let end = 0; end < whole; end++) {
      expect(opens(rewritten(signature.slice(0, end)))).toBe(false)
    }
  })

  test('stays shut to other secrets, and to what a secret must not be', () => {
    for (const secrets of [[other], [], [''], ['whsec_'], [key.slice(1)]]) {
      expect(opens(valid, secrets)).toBe(false)
    }
    for (const empty of ['', 'whsec_']) expect(opens(sign(body, ''), [empty])).toBe(false)
  })

  test('stays shut to every other body, and never throws, whatever the headers', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.string({ unit: 'binary' }), (raw, text) => {
        expect(opens(valid, [key], raw)).toBe(Buffer.compare(raw, body) === 0)
        const headers = Object.fromEntries(Object.keys(valid).map((header) => [header, text]))
        expect(opens(headers)).toBe(false)
        expect(opens({ ...valid, [name]: text })).toBe(false)
      }),
      tries(500),
    )
  })

  if (wayOf(connector) === 'standard')
    test('is shut again five minutes later, and five minutes before', () => {
      for (const seconds of [-301, 301, 1e9]) {
        expect(opens(sign(body, key, at(seconds)))).toBe(false)
      }
      for (const seconds of [-300, 300]) expect(opens(sign(body, key, at(seconds)))).toBe(true)
      for (const timestamp of ['', '1e9', '0x6', 'NaN', '-1', `${at(0)}.0`, ` ${at(0)}`]) {
        expect(opens(sign(body, key, timestamp))).toBe(false)
      }
    })
})

import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tokenJudge } from '../../local/cloud/jwt.ts'

const now = new Date('2026-11-21T10:00:00Z')
const seconds = now.getTime() / 1000
const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
const [ours, others] = [pair(), pair()]

let server: Server
let issuer: string
let published = [{ ...ours.publicKey.export({ format: 'jwk' }), kid: 'one' }]
beforeAll(async () => {
  server = createServer((request, response) => {
    const keys = request.url?.endsWith('/keys')
    response.end(JSON.stringify(keys ? { keys: published } : { jwks_uri: `${issuer}/keys` }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on TCP has such an address.
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

interface Made {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
  readonly key?: KeyObject
}

function token({ claims = {}, header = {}, key = ours.privateKey }: Made = {}): string {
  const head = part({ alg: 'RS256', kid: 'one', ...header })
  const body = part({ iss: issuer, aud: 'crossdock', sub: 'jane', exp: seconds + 60, ...claims })
  const signature = createSign('RSA-SHA256').update(`${head}.${body}`).sign(key)
  return `${head}.${body}.${signature.toString('base64url')}`
}

const judge = (text: string) => tokenJudge({ issuer, audience: ['crossdock', 'desk'] })(text, now)

test.each<[string, () => string]>([
  ['of one audience', () => token()],
  ['of several', () => token({ claims: { aud: ['other', 'desk'] } })],
  ['of a client', () => token({ claims: { aud: undefined, client_id: 'crossdock' } })],
])('a token %s that the issuer signed is good', async (_, made) => {
  expect(await judge(made())).toMatchObject({ sub: 'jane' })
})

test.each<[string, () => string]>([
  ['for somebody else', () => token({ claims: { aud: 'other' } })],
  ['of another issuer', () => token({ claims: { iss: 'https://other.example' } })],
  ['that has expired', () => token({ claims: { exp: seconds } })],
  ['that is not good yet', () => token({ claims: { nbf: seconds + 1 } })],
  ['from the future', () => token({ claims: { iat: seconds + 1 } })],
  ['signed with another key', () => token({ key: others.privateKey })],
  ['that names a key which nobody has', () => token({ header: { kid: 'two' } })],
  [
    'that says it needs no signature',
    () => `${part({ alg: 'none', kid: 'one' })}.${token().split('.')[1]}.`,
  ],
  ['that is signed by the public key as a secret', () => token({ header: { alg: 'HS256' } })],
  [
    'whose claims were changed',
    () =>
      token().replace(
        /\.[^.]+\./,
        `.${part({ iss: issuer, aud: 'crossdock', sub: 'eve', exp: seconds + 60 })}.`,
      ),
  ],
  ['that is none', () => 'none'],
  ['that is missing', () => ''],
])('a token %s is not', async (_, made) => {
  expect(await judge(made())).toBeUndefined()
})

test('a key that the issuer publishes later is read when a token names it', async () => {
  const judging = tokenJudge({ issuer, audience: ['crossdock'] })
  expect(await judging(token(), now)).toBeDefined()
  published = [...published, { ...others.publicKey.export({ format: 'jwk' }), kid: 'two' }]
  const next = token({ header: { kid: 'two' }, key: others.privateKey })
  expect(await judging(next, now)).toMatchObject({ sub: 'jane' })
})

import { createSign, generateKeyPairSync } from 'node:crypto'
import { rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AwsClient } from 'aws4fetch'
import {
  changed,
  type EditableTemplate,
  startTrial,
  type Trial,
  trialAssembly,
} from './support/trial.ts'

/** The trial's one route, guarded. */
const guarded =
  (guard: Readonly<Record<string, unknown>>) =>
  ({ Resources }: EditableTemplate): void => {
    const route = Object.values(Resources).find(({ Type }) => Type === 'AWS::ApiGatewayV2::Route')
    Object.assign(route?.Properties, guard)
    Resources['Tokens'] = {
      Type: 'AWS::ApiGatewayV2::Authorizer',
      Properties: {
        ApiId: route?.Properties.ApiId,
        AuthorizerType: 'JWT',
        IdentitySource: ['$request.header.Authorization'],
        JwtConfiguration: { Audience: ['trial'], Issuer: issuer },
        Name: 'Tokens',
      },
    }
  }

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
let keys: Server
let issuer: string
beforeAll(async () => {
  keys = createServer((request, response) => {
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'one' }
    const found = request.url === '/keys' ? { keys: [jwk] } : { jwks_uri: `${issuer}/keys` }
    response.end(JSON.stringify(found))
  })
  await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve))
  // A server that listens on TCP has such an address.
  issuer = `http://127.0.0.1:${(keys.address() as AddressInfo).port}`
})
afterAll(() => {
  keys.closeAllConnections()
  keys.close()
})

async function withGuard(
  guard: Readonly<Record<string, unknown>>,
  work: (trial: Trial) => Promise<void>,
): Promise<void> {
  const assembly = changed(await trialAssembly(), 'Work', guarded(guard))
  const trial = await startTrial({ assembly })
  try {
    await work(trial)
  } finally {
    await trial.close()
    rmSync(assembly, { recursive: true })
  }
}

test('a route that IAM guards is for those who sign, and for nobody else', async () => {
  await withGuard({ AuthorizationType: 'AWS_IAM' }, async ({ webhook, cloud }) => {
    const unsigned = await webhook({ id: 'order-1' })
    expect([unsigned.status, await unsigned.json()]).toEqual([403, { message: 'Forbidden' }])
    const url = `${cloud.apiUrl}/webhooks/shopify/demo-store`
    const sign = (secretAccessKey: string) =>
      new AwsClient({
        ...cloud.operator,
        secretAccessKey,
        region: cloud.region,
        service: 'execute-api',
        retries: 0,
      })
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"id":"order-1"}',
    }
    expect((await sign('wrong').fetch(url, init)).status).toBe(403)
    expect((await sign(cloud.operator.secretAccessKey).fetch(url, init)).status).toBe(202)
  })
})

test('a route that tokens guard is for those whom the issuer knows, and for nobody else', async () => {
  const guard = { AuthorizationType: 'JWT', AuthorizerId: { Ref: 'Tokens' } }
  await withGuard(guard, async ({ webhook }) => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = { iss: issuer, aud: 'trial', sub: 'jane', exp: Date.now() / 1000 + 60 }
    const signed = `${part({ alg: 'RS256', kid: 'one' })}.${part(claims)}`
    const signature = createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')

    const without = await webhook({ id: 'order-1' })
    expect([without.status, await without.json()]).toEqual([401, { message: 'Unauthorized' }])
    const as = (token: string) => webhook({ id: 'order-1' }, { authorization: `Bearer ${token}` })
    expect((await as(`${signed}.AAAA`)).status).toBe(401)
    expect((await as(`${signed}.${signature}`)).status).toBe(202)
  })
})

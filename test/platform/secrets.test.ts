import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Secrets } from '../../platform/secrets/secrets.ts'

/** Secrets Manager, on this machine; the address has to be known before the module under test is read. */
let server: Server
let awsSecrets: (now?: () => number) => Secrets
let stored: string | undefined
let asked: string[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      asked.push(`${request.headers['x-amz-target']} ${body}`)
      response.statusCode = stored === undefined ? 400 : 200
      response.end(
        JSON.stringify(
          stored === undefined ? { __type: 'ResourceNotFoundException' } : { SecretString: stored },
        ),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  process.env['AWS_ENDPOINT_URL'] = `http://127.0.0.1:${port}/`
  process.env['AWS_ACCESS_KEY_ID'] = 'test'
  process.env['AWS_SECRET_ACCESS_KEY'] = 'test'
  ;({ awsSecrets } = await import('../../platform/secrets/secrets.ts'))
})
afterAll(() => new Promise((resolve) => server.close(resolve)))
beforeEach(() => {
  asked = []
  stored = '{"webhookSecrets":["one"]}'
})

function open() {
  let now = 0
  const secrets = awsSecrets(() => now)
  return {
    secrets,
    pass: (ms: number) => {
      now += ms
    },
  }
}

test('a secret is read once, however many need it', async () => {
  const { secrets, pass } = open()
  const all = await Promise.all([1, 2, 3].map(() => secrets.get('crossdock/demo/shopify')))
  expect(all[2]).toEqual({ webhookSecrets: ['one'] })
  pass(299_000)
  await secrets.get('crossdock/demo/shopify')
  expect(asked).toEqual(['secretsmanager.GetSecretValue {"SecretId":"crossdock/demo/shopify"}'])
})

test('it is asked for again after five minutes', async () => {
  const { secrets, pass } = open()
  await secrets.get('a')
  pass(300_000)
  stored = '{"webhookSecrets":["two"]}'
  expect(await secrets.get('a')).toEqual({ webhookSecrets: ['two'] })
})

test('refreshing asks again, but not for every forged signature', async () => {
  const { secrets, pass } = open()
  await secrets.get('a')
  for (let i = 0; i < 50; i++) await secrets.refresh('a')
  expect(asked).toHaveLength(1)
  pass(30_000)
  stored = '{"webhookSecrets":["two"]}'
  for (let i = 0; i < 50; i++)
    expect(await secrets.refresh('a')).toEqual({ webhookSecrets: ['two'] })
  expect(asked).toHaveLength(2)
  expect(await secrets.get('a')).toEqual({ webhookSecrets: ['two'] })
})

test('a failure is cached for seconds', async () => {
  const { secrets, pass } = open()
  stored = undefined
  for (let i = 0; i < 50; i++) {
    const reading = i % 2 === 0 ? secrets.get('a') : secrets.refresh('a')
    await expect(reading).rejects.toThrow('ResourceNotFoundException')
  }
  expect(asked).toHaveLength(1)
  pass(5000)
  stored = '{"webhookSecrets":["one"]}'
  expect(await secrets.get('a')).toEqual({ webhookSecrets: ['one'] })
})

test('a cached secret stays valid while it cannot be read again, until it expires', async () => {
  const { secrets, pass } = open()
  await secrets.get('a')
  stored = undefined
  pass(30_000)
  for (let i = 0; i < 50; i++) {
    expect(await secrets.refresh('a')).toEqual({ webhookSecrets: ['one'] })
  }
  expect(asked).toHaveLength(2)
  expect(await secrets.get('a')).toEqual({ webhookSecrets: ['one'] })
  pass(270_000)
  await expect(secrets.get('a')).rejects.toThrow('ResourceNotFoundException')
})

test.each(['"text"', 'null', '7'])(
  'a secret that holds %s is an error that names it, not what it holds',
  async (text) => {
    stored = text
    await expect(open().secrets.get('crossdock/demo/x')).rejects.toThrow(
      'secret crossdock/demo/x does not hold a JSON object',
    )
  },
)

test('a secret that is not JSON is an error without its text', async () => {
  stored = 'hunter2 is the password'
  const failed = await open().secrets.get('a').then(String, String)
  expect(failed).not.toContain('hunter2')
})

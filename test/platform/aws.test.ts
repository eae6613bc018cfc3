import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AwsClient } from 'aws4fetch'
import { signedBy } from '../../platform/http/sign.ts'

const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken: 'session' }
const now = new Date('2026-11-21T10:11:12.345Z')

describe('a signature', () => {
  test.each([
    ['events', 'POST', 'https://events.eu-central-1.amazonaws.com/', '{"a":"ü"}'],
    ['s3', 'PUT', 'https://bucket.s3.eu-central-1.amazonaws.com/raw/2026/a%20b%2Bc.gz', 'bytes'],
  ] as const)('is what another signer makes of it: %s', async (service, method, address, body) => {
    const signer = new AwsClient({ ...credentials, service, region: 'eu-central-1' })
    const expected = await signer.sign(address, {
      method,
      body,
      headers: {
        'x-amz-target': 'AWSEvents.PutEvents',
        'x-amz-content-sha256':
          signed(service, method, address, body)['x-amz-content-sha256'] ?? '',
      },
      aws: { allHeaders: true, datetime: '20261121T101112Z' },
    })
    const { authorization } = signed(service, method, address, body)
    expect(authorization).toBe(expected.headers.get('authorization'))
  })

  function signed(service: string, method: 'POST' | 'PUT', address: string, body: string) {
    const headers = { 'x-amz-target': 'AWSEvents.PutEvents' }
    const request = { method, url: new URL(address), headers, body }
    return signedBy(credentials, request, { region: 'eu-central-1', service, now })
  }
})

const bodies: ReadonlyMap<number, string> = new Map([[400.5, '{"__type":"ThrottlingException"}']])

describe('a call', () => {
  let server: Server
  let callAws: typeof import('../../platform/http/aws.ts').callAws
  let answers: ((request: IncomingMessage) => number | 'break')[] = []
  let asked = 0

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked += 1
      const answer = answers.shift()?.(request) ?? 200
      if (answer === 'break') return void request.socket.destroy()
      request.resume().on('end', () => {
        response.statusCode = Math.floor(answer)
        response.end(bodies.get(answer) ?? '{"did":"it"}')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    process.env['AWS_ENDPOINT_URL'] = `http://127.0.0.1:${port}/`
    process.env['AWS_REGION'] = 'us-east-1'
    process.env['AWS_ACCESS_KEY_ID'] = 'test'
    process.env['AWS_SECRET_ACCESS_KEY'] = 'test'
    ;({ callAws } = await import('../../platform/http/aws.ts'))
  })
  afterAll(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  beforeEach(() => {
    asked = 0
  })

  const call = () =>
    callAws({ service: 'sqs', target: 'AmazonSQS.SendMessage', version: '1.0', body: {} })

  test.each([
    ['a connection that broke', () => 'break' as const],
    ['a service that is busy', () => 503],
    ['a service that throttles', () => 400.5],
  ])('is made again after %s', async (_, answer) => {
    answers = [answer, answer]
    expect(await call()).toEqual({ did: 'it' })
    expect(asked).toBe(3)
  })

  test('is given up when it fails five times', async () => {
    answers = Array.from({ length: 9 }, () => () => 'break' as const)
    await expect(call()).rejects.toThrow(/socket hang up|ECONNRESET/)
    expect(asked).toBe(5)
  })

  test('that is refused is not made again, and says why', async () => {
    answers = [() => 403]
    await expect(call()).rejects.toThrow(/^AmazonSQS.SendMessage answered 403$/)
    expect(asked).toBe(1)
  })
})

import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AwsClient } from 'aws4fetch'
import { isSigned } from '../../local/cloud/sigv4.ts'

const key = {
  accessKeyId: 'operator',
  secretAccessKey: 'secret',
  region: 'us-east-1',
  service: 'execute-api',
}

/** Verdicts on the requests that arrive; `change` may tamper with one on its way. */
async function judge(
  send: (url: string) => Promise<unknown>,
  change: (request: IncomingMessage, body: Buffer) => Buffer = (_, body) => body,
  now = () => new Date(),
): Promise<boolean> {
  let verdict = false
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = change(request, Buffer.concat(chunks))
    verdict = await isSigned(request, body, { key, now: now() })
    response.end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on TCP has such an address.
  await send(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  server.closeAllConnections()
  server.close()
  return verdict
}

const signer = new AwsClient({ ...key, retries: 0 })
const post = (url: string) =>
  signer.fetch(`${url}/v1/orders/a_b_c?b=2&a=1&text=a%20b%26c`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-amz-meta': '  two   blanks ' },
    body: '{"do":"hold"}',
  })

test.each([
  ['a body and a query', post],
  ['nothing but a path', (url: string) => signer.fetch(`${url}/v1/exceptions`)],
  ['characters that are encoded', (url: string) => signer.fetch(`${url}/v1/%23a%2Fb?c=%2B%25*`)],
])('a request with %s that was signed is let in', async (_, send) => {
  expect(await judge(send)).toBe(true)
})

test.each<[string, (url: string) => Promise<unknown>]>([
  ['no signature', (url) => fetch(`${url}/v1/exceptions`)],
  [
    'another secret',
    (url) => new AwsClient({ ...key, secretAccessKey: 'other', retries: 0 }).fetch(url),
  ],
  ['another key', (url) => new AwsClient({ ...key, accessKeyId: 'other', retries: 0 }).fetch(url)],
  ['another service', (url) => new AwsClient({ ...key, service: 'sqs', retries: 0 }).fetch(url)],
  [
    'another region',
    (url) => new AwsClient({ ...key, region: 'eu-west-1', retries: 0 }).fetch(url),
  ],
])('a request with %s is not', async (_, send) => {
  expect(await judge(send)).toBe(false)
})

test.each<[string, (request: IncomingMessage, body: Buffer) => Buffer]>([
  ['body', () => Buffer.from('{"do":"cancel"}')],
  [
    'path',
    (request, body) => {
      request.url = request.url?.replace('a_b_c', 'a_b_d') ?? ''
      return body
    },
  ],
  [
    'query',
    (request, body) => {
      request.url = request.url?.replace('a=1', 'a=3') ?? ''
      return body
    },
  ],
  [
    'method',
    (request, body) => {
      request.method = 'DELETE'
      return body
    },
  ],
  [
    'host',
    (request, body) => {
      request.headersDistinct['host'] = ['elsewhere.example']
      return body
    },
  ],
])('a request whose %s was changed on its way is not', async (_, change) => {
  expect(await judge(post, change)).toBe(false)
})

test('a request that is older than five minutes is not', async () => {
  const later = (minutes: number) => () => new Date(Date.now() + minutes * 60_000)
  expect(await judge(post, undefined, later(4))).toBe(true)
  expect(await judge(post, undefined, later(6))).toBe(false)
  expect(await judge(post, undefined, later(-6))).toBe(false)
})

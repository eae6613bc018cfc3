import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Call } from '../../domain/plug.ts'
import { sendTo } from '../../platform/send.ts'

const read: Call = { kind: 'read', method: 'GET', url: 'https://vendor.example/orders?x=1' }
const write: Call = { ...read, kind: 'write', method: 'POST', body: '{}' }

interface Asked {
  readonly url: string
  readonly init: RequestInit
}

function vendor(answer: (init: RequestInit) => Promise<Response> | Response) {
  const asked: Asked[] = []
  const fetcher = async (url: unknown, init: RequestInit = {}) => {
    asked.push({ url: String(url), init })
    return answer(init)
  }
  return { send: sendTo(['vendor.example'], fetcher as typeof fetch), asked }
}

/** What Node's fetch throws when the connection fails. */
const broken = (code: string) => {
  throw new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })
}

test('an answer comes back whatever its status, with lower-case headers', async () => {
  const { send, asked } = vendor(
    () => new Response('nope', { status: 422, headers: { 'X-Why': 'no' } }),
  )
  expect(await send({ ...write, headers: { authorization: 'x' } })).toMatchObject({
    ok: true,
    value: { status: 422, headers: { 'x-why': 'no' }, body: 'nope' },
  })
  expect(asked[0]).toMatchObject({
    url: write.url,
    init: { method: 'POST', body: '{}', headers: { authorization: 'x' }, redirect: 'manual' },
  })
})

test.each([
  'https://other.example/orders',
  'http://vendor.example/orders',
  'https://vendor.example:8443/orders',
  'https://vendor.example.evil.example/',
  'https://vendor.example@evil.example/',
  'file:///etc/passwd',
  'https://VENDOR.EXAMPLE.:443/',
])('%s is not reachable', async (url) => {
  const { send, asked } = vendor(() => new Response())
  expect(await send({ ...read, url })).toMatchObject({ ok: false, error: { next: 'halt' } })
  expect(asked).toEqual([])
})

test('a redirect is an answer, not a way', async () => {
  const { send, asked } = vendor(
    () => new Response('', { status: 302, headers: { location: 'https://evil.example/' } }),
  )
  expect(await send(write)).toMatchObject({ ok: true, value: { status: 302 } })
  expect(asked).toHaveLength(1)
})

test.each([
  [read, 'retry'],
  [write, 'doubt'],
] as const)('an answer that does not end in time: $kind', async (call, next) => {
  const { send } = vendor(
    ({ signal }) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason))
      }),
  )
  expect(await send({ ...call, timeoutMs: 20 })).toMatchObject({ ok: false, error: { next } })
})

test.each([
  [read, 'retry'],
  [write, 'doubt'],
] as const)('an answer that stops half-way: $kind', async (call, next) => {
  const { send } = vendor(
    () =>
      new Response(
        new ReadableStream({
          start: (stream) => {
            stream.enqueue(new TextEncoder().encode('{"half":'))
            stream.error(Object.assign(new Error('terminated'), { code: 'UND_ERR_SOCKET' }))
          },
        }),
      ),
  )
  expect(await send(call)).toMatchObject({ ok: false, error: { next } })
})

test.each([
  [read, 'retry'],
  [write, 'doubt'],
] as const)('an answer without end is not read to it: $kind', async (call, next) => {
  let pulled = 0
  const { send } = vendor(
    () =>
      new Response(
        new ReadableStream({
          pull: (stream) => {
            pulled += 1
            stream.enqueue(new Uint8Array(1024 * 1024))
          },
        }),
      ),
  )
  expect(await send(call)).toMatchObject({ ok: false, error: { next } })
  expect(pulled).toBeLessThan(12)
})

test.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT'])(
  'what never left may be sent again: %s',
  async (code) => {
    for (const call of [read, write]) {
      const { send } = vendor(() => broken(code))
      expect(await send(call)).toMatchObject({ ok: false, error: { next: 'retry' } })
    }
  },
)

test.each(['ECONNRESET', 'EPIPE', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_SOCKET'])(
  'what may have arrived is in doubt: %s',
  async (code) => {
    const { send } = vendor(() => broken(code))
    expect(await send(write)).toMatchObject({ ok: false, error: { next: 'doubt' } })
    expect(await send(read)).toMatchObject({ ok: false, error: { next: 'retry' } })
  },
)

test('a reason names the host, and never the path, the query or the body', async () => {
  const { send } = vendor(() => broken('ECONNRESET'))
  const result = await send({ ...write, url: 'https://vendor.example/people/secret?token=x' })
  expect(JSON.stringify(result)).toContain('vendor.example')
  expect(JSON.stringify(result)).not.toMatch(/secret|token/)
})

test('a connection that is really refused was never sent', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  const send = sendTo(['vendor.example'], (_, init) => fetch(`http://127.0.0.1:${port}/`, init))
  expect(await send(write)).toMatchObject({
    ok: false,
    error: { next: 'retry', reason: 'vendor.example cannot be reached (ECONNREFUSED)' },
  })
})

import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, Socket } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import type { Call } from '../../domain/account.ts'
import { type Means, sendTo } from '../../platform/http/send.ts'
import { egressTo } from '../support/egress.ts'

const read: Call = { kind: 'read', method: 'GET', url: 'https://vendor.example/orders?x=1' }
const write: Call = { ...read, kind: 'write', method: 'POST', body: '{"ü":1}' }
const hosts = ['vendor.example', 'vendor.example:8069', '10.0.0.1']
const both = [
  [read, 'retry'],
  [write, 'doubt'],
] as const

let servers: Server[] = []
afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  servers = []
})

interface Asked {
  readonly line: string
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: string
}

/** A vendor that answers so, and the way to it. */
async function vendor(answer: RequestListener, resolve?: Means['resolve'], mayBePrivate = false) {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request) body += piece
    asked.push({ line: `${request.method} ${request.url}`, headers: request.headers, body })
    answer(request, response)
  }).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo
  const egress = egressTo(`http://127.0.0.1:${port}`, resolve)
  return { ...egress, send: sendTo(hosts, { ...egress.means, mayBePrivate }), asked, server }
}

const found = async (address: string, family = address.includes(':') ? 6 : 4) => [
  { address, family },
]

describe('a call', () => {
  test('goes out as it was asked for, and its answer comes back whatever its status', async () => {
    const { send, asked } = await vendor((_, response) =>
      response.writeHead(422, { 'X-Why': 'no', 'Set-Cookie': ['a=1', 'b=2'] }).end('nöpe'),
    )
    expect(await send({ ...write, headers: { authorization: 'x' } })).toMatchObject({
      ok: true,
      value: { status: 422, headers: { 'x-why': 'no' }, body: 'nöpe' },
    })
    expect(asked).toMatchObject([
      {
        line: 'POST /orders?x=1',
        headers: { authorization: 'x', 'content-length': '8', 'user-agent': 'crossdock' },
        body: '{"ü":1}',
      },
    ])
  })

  test.each(['DELETE', 'PATCH', 'PUT'] as const)('%s says how long its body is', async (method) => {
    const { send, asked } = await vendor((_, response) => response.end())
    await send({ ...write, method })
    expect(asked[0]?.headers).toMatchObject({ 'content-length': '8' })
    expect(asked[0]?.headers['transfer-encoding']).toBeUndefined()
  })

  test('goes to a port that the settings name', async () => {
    const { send, options } = await vendor((_, response) => response.end())
    expect(await send({ ...read, url: 'https://vendor.example:8069/' })).toMatchObject({ ok: true })
    expect(options).toHaveLength(1)
  })

  test.each([
    'https://other.example/orders',
    'http://vendor.example/orders',
    'https://vendor.example:8443/orders',
    'https://vendor.example.evil.example/',
    'https://evil-vendor.example/',
    'https://other.vendor.example/',
    'https://vendor.example@evil.example/',
    'https://user:password@vendor.example/',
    'file:///etc/passwd',
    'https://VENDOR.EXAMPLE.:443/',
    'https://10.0.0.1/',
    'https://0xa.1/',
    'https://[::1]/',
  ])('to %s is none', async (url) => {
    const { send, options } = await vendor((_, response) => response.end())
    expect(await send({ ...read, url })).toMatchObject({ ok: false, error: { next: 'halt' } })
    expect(options).toEqual([])
  })

  test('checks certificates, whatever the environment says', async () => {
    const { send, options } = await vendor((_, response) => response.end())
    await send(read)
    expect(options).toMatchObject([{ rejectUnauthorized: true }])
  })

  test('returns a redirect without following it', async () => {
    const { send, asked } = await vendor((_, response) =>
      response.writeHead(302, { location: 'https://evil.example/' }).end(),
    )
    expect(await send(write)).toMatchObject({ ok: true, value: { status: 302 } })
    expect(asked).toHaveLength(1)
  })
})

describe('a name', () => {
  const inside = [
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.8.8.8',
    '169.254.169.254',
    '169.254.170.2',
    '172.31.255.255',
    '192.0.0.192',
    '192.168.0.1',
    '198.18.0.1',
    '203.0.113.9',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::a9fe:a9fe',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    '2001:db8::1',
    '2001::7f00:1',
    '2002:7f00:1::',
    'ff02::1',
    'localhost',
    '',
  ]

  test.each(inside)('that leads to %j is not called', async (address) => {
    const { send, dialled, asked } = await vendor(
      (_, response) => response.end(),
      () => found(address),
    )
    for (const call of [read, write]) {
      expect(await send(call)).toEqual({
        ok: false,
        error: { next: 'halt', reason: 'vendor.example has no address on the internet' },
      })
    }
    expect([...dialled, ...asked]).toEqual([])
  })

  const privateOnes = ['10.1.2.3', '100.64.0.1', '172.31.255.255', '192.168.0.1', 'fd12:3456::1']

  test.each([...privateOnes, '8.8.8.8'])(
    'that leads to %s is called where its connection is in a private network',
    async (address) => {
      const answer: RequestListener = (_, response) => response.end()
      const { send, dialled } = await vendor(answer, () => found(address), true)
      expect(await send(read)).toMatchObject({ ok: true })
      expect(dialled).toEqual([address])
    },
  )

  test.each(inside.filter((address) => !privateOnes.includes(address)))(
    'that leads to %j is not called from there either',
    async (address) => {
      const answer: RequestListener = (_, response) => response.end()
      const { send, dialled } = await vendor(answer, () => found(address), true)
      expect(await send(write)).toEqual({
        ok: false,
        error: {
          next: 'halt',
          reason: 'vendor.example has no address on the internet or in a private network',
        },
      })
      expect(dialled).toEqual([])
    },
  )

  test.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'])(
    'that leads to %s is called there',
    async (address) => {
      const { send, dialled } = await vendor(
        (_, response) => response.end(),
        () => found(address),
      )
      expect(await send(read)).toMatchObject({ ok: true })
      expect(dialled).toEqual([address])
    },
  )

  test('that leads outside and inside is not called at all', async () => {
    const { send, dialled } = await vendor(
      (_, response) => response.end(),
      async () => [...(await found('8.8.8.8')), ...(await found('127.0.0.1'))],
    )
    expect(await send(write)).toMatchObject({ ok: false, error: { next: 'halt' } })
    expect(dialled).toEqual([])
  })

  test('is resolved once per connection, so that it cannot change after the check', async () => {
    const answers = ['8.8.8.8', '169.254.169.254', '8.8.4.4']
    let looks = 0
    const { send, dialled, asked } = await vendor(
      (_, response) => response.end(),
      () => found(answers[looks++] ?? ''),
    )
    expect(await send(write)).toMatchObject({ ok: true })
    expect({ looks, dialled }).toEqual({ looks: 1, dialled: ['8.8.8.8'] })
    expect(await send(write)).toMatchObject({ ok: false, error: { next: 'halt' } })
    expect(await send(write)).toMatchObject({ ok: true })
    expect(dialled).toEqual(['8.8.8.8', '8.8.4.4'])
    expect(asked).toHaveLength(2)
  })

  test('that does not resolve is not called', async () => {
    const unknown = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' })
    const { send } = await vendor(
      (_, response) => response.end(),
      () => Promise.reject(unknown),
    )
    expect(await send(write)).toEqual({
      ok: false,
      error: { next: 'retry', reason: 'vendor.example cannot be reached (ENOTFOUND)' },
    })
  })
})

describe('an answer', () => {
  test.each(both)('that does not begin in time: $kind', async (call, next) => {
    const { send } = await vendor(() => {})
    expect(await send({ ...call, timeoutMs: 50 })).toMatchObject({ ok: false, error: { next } })
  })

  test.each(both)('that does not end in time, however it drips: $kind', async (call, next) => {
    const { send } = await vendor((_, response) => {
      const drip = setInterval(() => response.write('.'), 5)
      response.on('close', () => clearInterval(drip))
    })
    expect(await send({ ...call, timeoutMs: 80 })).toMatchObject({ ok: false, error: { next } })
  })

  test.each(both)('that stops half-way: $kind', async (call, next) => {
    const { send } = await vendor((_, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"half":')
      setTimeout(() => response.destroy(), 10)
    })
    expect(await send(call)).toMatchObject({ ok: false, error: { next } })
  })

  test.each(both)('that never came, the connection having stood: $kind', async (call, next) => {
    const { send } = await vendor((_, response) => response.destroy())
    expect(await send(call)).toMatchObject({ ok: false, error: { next } })
  })

  test.each(both)('without end is not read to it: $kind', async (call, next) => {
    let written = 0
    const { send } = await vendor((_, response) => {
      const more = () => {
        written += 1
        if (!response.destroyed) response.write(Buffer.alloc(1024 * 1024), more)
      }
      more()
    })
    expect(await send(call)).toMatchObject({
      ok: false,
      error: { next, reason: expect.stringContaining('the answer is larger than 8 MB') },
    })
    expect(written).toBeLessThan(64)
  })

  test.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('packed as %s is unpacked', async (encoding, pack) => {
    const { send, asked } = await vendor((_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(pack('{"ü":1}')),
    )
    expect(await send(read)).toMatchObject({ ok: true, value: { body: '{"ü":1}' } })
    expect(asked[0]?.headers).toMatchObject({ 'accept-encoding': 'gzip' })
  })

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('that is a bomb of %s is not unpacked to its end', async (encoding, pack) => {
    const bomb = pack(Buffer.alloc(64 * 1024 * 1024))
    const { send } = await vendor((_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(bomb),
    )
    const before = process.memoryUsage.rss()
    expect(await send(read)).toMatchObject({
      ok: false,
      error: { next: 'retry', reason: expect.stringContaining('larger than 8 MB') },
    })
    expect(process.memoryUsage.rss() - before).toBeLessThan(40 * 1024 * 1024)
  })

  test.each([
    ['gzip, gzip', gzipSync(gzipSync('{}'))],
    ['zstd', Buffer.from('{}')],
    ['constructor', Buffer.from('{}')],
    ['gzip', Buffer.from('this is no gzip')],
    ['gzip', gzipSync('{"cut":"short"}').subarray(0, 12)],
  ])('packed as %s that is not is no answer (%#)', async (encoding, body) => {
    const { send } = await vendor((_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(body),
    )
    expect(await send(write)).toMatchObject({ ok: false, error: { next: 'doubt' } })
  })

  test('may be packed and empty', async () => {
    const { send } = await vendor((_, response) =>
      response.writeHead(204, { 'content-encoding': 'gzip' }).end(),
    )
    expect(await send(write)).toMatchObject({ ok: true, value: { status: 204, body: '' } })
  })
})

test('a connection that is refused sent nothing, so a write may be tried again', async () => {
  const { send, server } = await vendor((_, response) => response.end())
  server.close()
  await once(server, 'close')
  expect(await send(write)).toEqual({
    ok: false,
    error: { next: 'retry', reason: 'vendor.example cannot be reached (ECONNREFUSED)' },
  })
})

test('a reason names the host, and never the path, the query or the body', async () => {
  const { send } = await vendor((_, response) => response.destroy())
  const result = await send({ ...write, url: 'https://vendor.example/people/secret?token=x' })
  expect(JSON.stringify(result)).toContain('vendor.example')
  expect(JSON.stringify(result)).not.toMatch(/secret|token/)
})

test('a connection that was idle for long is not reused', async () => {
  const { send, options } = await vendor((_, response) => response.end())
  await send(read)
  const { agent } = options[0] ?? {}
  const idle = new Socket()
  Object.assign(Object(agent).freeSockets, { 'vendor.example:443': [idle] })
  await send(read)
  expect(idle.destroyed).toBe(true)
})

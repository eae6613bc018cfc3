import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { capabilitiesFor } from '../../connectors/generic-webhook/effects.ts'
import { genericWebhook } from '../../connectors/generic-webhook/index.ts'
import { door } from '../../connectors/generic-webhook/verify.ts'
import { standardHeaders } from '../../connectors/kit/signatures.ts'
import type { Account } from '../../domain/account.ts'
import { sendTo } from '../../platform/http/send.ts'
import { memoryTokens } from '../support/account.ts'
import { egressTo } from '../support/egress.ts'
import { lookupUrl, partner, subjectOf, url } from '../support/generic-webhook.ts'

/** The README's own code, run as somebody would who copied it. */
const readme = readFileSync('connectors/generic-webhook/README.md', 'utf8')
const [receiver = '', reporter = ''] = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map(
  ([, code = '']) => code,
)
const folder = mkdtempSync(join(tmpdir(), 'crossdock-webhook-'))
const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
const previous = `whsec_${Buffer.alloc(32, 2).toString('base64')}`
const running: ChildProcess[] = []

afterAll(() => {
  for (const child of running) child.kill()
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** The receiver in a process of its own, and a connection to it. */
async function receive(known: string) {
  const port = await freePort()
  const file = join(folder, `receiver-${port}.mjs`)
  writeFileSync(file, receiver)
  const env = { ...process.env, PORT: String(port), CROSSDOCK_SECRETS: known }
  running.push(spawn(process.execPath, [file], { env, stdio: 'ignore' }))
  const here = `http://127.0.0.1:${port}`
  for (let tries = 0; tries < 100; tries++) {
    if (await fetch(here).catch(() => undefined)) break
    await sleep(50)
  }
  const settings = genericWebhook.settings.parse({ capabilities: ['fulfilment'], url, lookupUrl })
  const account = (signingSecrets: readonly string[]): Account => ({
    connection: partner,
    settings,
    secret: async () => ({ signingSecrets }),
    send: sendTo(genericWebhook.hosts(settings), egressTo(here).means),
    tokens: memoryTokens(() => new Date()),
    now: () => new Date(),
  })
  const { 'release-order': release, 'amend-release': amend } =
    capabilitiesFor(settings).fulfilment?.effects ?? {}
  if (!release || !amend) throw new Error('a warehouse has both')
  return { here, account, release, amend }
}

describe('the receiver of the README', () => {
  const order = subjectOf('release-plain')
  const reference = { id: '1', number: 'shopify_demo-store_1001' }

  test('is some thirty lines, and does what an answer table asks of it', async () => {
    expect(receiver.trim().split('\n').length).toBeLessThanOrEqual(30)
    const { account, release, amend } = await receive(secret)
    const ours = account([secret])
    expect(await release.look?.(ours, order)).toEqual({ ok: true, value: undefined })
    for (let i = 0; i < 2; i++) {
      expect(await release.make(ours, order)).toEqual({ ok: true, value: reference })
    }
    expect(await release.look?.(ours, order)).toEqual({ ok: true, value: reference })
    const other = subjectOf('release-yen')
    expect(await release.make(ours, other)).toMatchObject({ ok: true, value: { id: '2' } })
    expect(await amend.make(ours, { ...order, intentId: 'amend-release' })).toMatchObject({
      ok: false,
      error: { next: 'except', reason: 'the system refused it (422): cannot amend-release yet' },
    })
  })

  test('goes on through a rotation of either side, and takes no stranger', async () => {
    const knowsOld = await receive(previous)
    const rotating = knowsOld.account([secret, previous])
    expect(await knowsOld.release.make(rotating, order)).toMatchObject({ ok: true })
    const stranger = knowsOld.account([secret])
    expect(await knowsOld.release.make(stranger, subjectOf('release-yen'))).toMatchObject({
      ok: false,
      error: { next: 'halt' },
    })
    const knowsBoth = await receive(`${secret} ${previous}`)
    for (const one of [secret, previous]) {
      expect(await knowsBoth.release.make(knowsBoth.account([one]), order)).toMatchObject({
        ok: true,
      })
    }
  })

  test('stays shut to what is late or changed, and survives nonsense', async () => {
    const { here } = await receive(secret)
    const body = '{"effect":"release-order","orderId":"x","lines":[]}'
    const status = async (headers: Record<string, string>, sent = body) => {
      const reply = await fetch(here, { method: 'POST', headers, body: sent })
      await reply.arrayBuffer()
      return reply.status
    }
    const now = new Date()
    const at = (seconds: number) =>
      standardHeaders({ id: 'msg_1', body, now: new Date(now.getTime() + seconds * 1000) }, [
        secret,
      ])
    expect(await status(at(-310))).toBe(401)
    expect(await status(at(310))).toBe(401)
    expect(await status(at(0), `${body} `)).toBe(401)
    expect(await status({ ...at(0), 'webhook-id': 'msg_2' })).toBe(401)
    expect(await status({ ...at(0), 'webhook-signature': 'v1,é v1 ,' })).toBe(401)
    expect(await status({})).toBe(401)
    expect(await status(at(0))).toBe(201)
  })
})

test('the reporter of the README opens the door, and what it says is read', async () => {
  const came: { headers: IncomingHttpHeaders; body: Buffer }[] = []
  const server = createServer(async (request, response) => {
    came.push({ headers: request.headers, body: await buffer(request) })
    response.writeHead(came.length === 1 ? 200 : 401).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const told = {
    type: 'resumed',
    orderId: 'shopify_main-store_1001',
    since: '2026-11-21T10:00:00Z',
  }
  const means = { url: `http://127.0.0.1:${port}/webhooks/generic-webhook/example-hall`, secret }
  const say = `await report(${JSON.stringify(told)}, ${JSON.stringify(means)})\n`
  const file = join(folder, 'reporter.mjs')
  writeFileSync(file, `${reporter}\n${say}${say}`)
  const child = spawn(process.execPath, [file], { stdio: 'ignore' })
  const [status] = await once(child, 'exit')
  server.close()
  // The second was not taken, which it must not swallow.
  expect([came.length, status]).toEqual([2, 1])

  const [first] = came
  const headers = first?.headers as Readonly<Record<string, string>>
  const body = first?.body ?? Buffer.of()
  expect(door.verify({ headers, body, now: new Date() }, [secret])).toBe(true)
  const receivedAt = new Date().toISOString()
  const delivery = { connection: partner, via: 'webhook', headers, receivedAt } as const
  expect(genericWebhook.read?.({ ...delivery, body: String(body) })).toMatchObject({
    ok: true,
    value: [{ type: 'resumed' }],
  })
  expect(came[1]?.headers['webhook-id']).toBe(headers['webhook-id'])
})

test('the command of the README writes the JSON Schema of all messages', () => {
  const [, script = ''] = /node --input-type=module -e "([^\n]*)"\n/.exec(readme) ?? []
  const schema = execFileSync(process.execPath, ['--input-type=module', '-e', script])
  expect(JSON.parse(String(schema)).oneOf).toHaveLength(7)
})

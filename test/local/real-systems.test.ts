import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSettings } from '../../lib/settings/settings.ts'
import { build } from '../../local/build.ts'
import { prove } from '../../local/demo/proof.ts'
import { readOptions } from '../../local/options.ts'
import { realSystems } from '../../local/real-systems.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import { TwinHost } from '../../twins/host/twin-host.ts'
import { apiOf } from '../e2e/support/api.ts'
import { partnerShipsTill, withSettings } from '../e2e/support/assembly.ts'
import { open, root } from '../e2e/support/open-hub.ts'
import { submitted } from '../e2e/support/submitted.ts'

const partner = 'generic-webhook/demo-partner'
const token = 'a-token-that-nobody-may-see'
const folder = mkdtempSync(join(tmpdir(), 'crossdock-real-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

const secret = file(
  'secret.json',
  JSON.stringify({
    signingSecrets: [`whsec_${Buffer.alloc(32, 1).toString('base64')}`],
    webhookSecrets: [],
    headers: { 'x-api-key': token },
  }),
)

function systems(...args: string[]) {
  const options = readOptions(args)
  if (options === 'help') throw new Error('there is no help in these')
  return realSystems(options, readSettings('demo'), options.seed ?? 1)
}

describe('--real', () => {
  const real = (address: string) => ['--real', `${partner}=${address}`]
  const withSecret = [...real('https://hall.example.com'), '--secret', `${partner}=${secret}`]

  test.each([
    ['no connection', ['--real', 'https://a.example'], '--real takes <connection>=<value>'],
    ['no URL', ['--real', `${partner}=`], '--real takes <connection>=<value>'],
    ['http to another machine', real('http://hall.example.com'), 'is not an https URL'],
    ['no address', real('hall'), 'is not an https URL'],
    ['an unknown connection', ['--real', 'nope/x=https://a.example'], 'write one of shopify/demo'],
    ['one that calls nobody', ['--real', 'order-api/point-of-sale=https://a.example'], '--real or'],
    ['no secret', real('https://hall.example.com'), `add --secret ${partner}=<file>`],
    ['no file', [...real('https://a.example'), '--secret', `${partner}=/no/file`], '(ENOENT)'],
    ['a stray secret', ['--secret', `${partner}=${secret}`], `add --real ${partner}=`],
    ['stray losses', ['--drop-answers', `${partner}=0.2`], `add --real ${partner}=`],
    ['too many losses', [...withSecret, '--drop-answers', `${partner}=1`], 'from 0 to 0.9'],
  ])('%s is refused in one line that says what to write', (_, args, line) => {
    expect(() => systems(...args)).toThrow(line)
  })

  test('neither a secret nor a password is in what is said', () => {
    const given = [
      ['--secret', `${partner}=${file('cut.json', `{"token":"${token}`)}`],
      ['--secret', `${partner}=${file('list.json', `["${token}"]`)}`],
    ]
    const said = [
      ...given.map((args) => () => systems(...real('https://hall.example.com'), ...args)),
      () => systems(...real(`http://user:${token}@hall.example.com`)),
    ].map((work) => {
      expect(work).toThrow(partner)
      try {
        return String(work())
      } catch (error) {
        return String(error)
      }
    })
    expect(said.join('\n')).not.toContain(token)
  })

  test('a system on this machine may speak http', () => {
    for (const address of ['http://127.0.0.1:8069', 'http://localhost:1', 'http://[::1]:1/base']) {
      const args = [...real(address), '--secret', `${partner}=${secret}`]
      expect(systems(...args).map(({ url }) => url.href)).toEqual([new URL(address).href])
    }
  })
})

/** A system of a developer's own, which knows nothing of Crossdock but what its README says. */
async function system() {
  const keys: (string | undefined)[] = []
  const orders: string[] = []
  const done = new Map<string, string>()
  let asked = 0
  const server: Server = createServer(async (request, response) => {
    const id = String(request.headers['webhook-id'])
    let body = ''
    for await (const chunk of request) body += chunk
    keys.push(String(request.headers['x-api-key']))
    const answer = (status: number, value: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    if (request.method === 'GET') {
      asked++
      const found = done.get(id)
      answer(found ? 200 : 404, found ? { reference: { id: found } } : { detail: 'nothing' })
      return
    }
    const { orderId } = JSON.parse(body)
    orders.push(orderId)
    done.set(id, `P-${orders.length}`)
    answer(201, { reference: { id: `P-${orders.length}` } })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    keys,
    orders,
    url: `http://127.0.0.1:${port}`,
    close: () => server.close(),
    asked: () => asked,
  }
}

test('orders reach a real system once each, although answers to its writes get lost', async () => {
  const hall = await system()
  const args = ['--real', `${partner}=${hall.url}`, '--secret', `${partner}=${secret}`]
  const real = systems(...args, '--drop-answers', `${partner}=0.4`, '--seed', '3')
  const assembly = withSettings(await build(root), (settings) => ({
    routes: partnerShipsTill(settings),
    stock: undefined,
  }))
  const { hub, ready, happenings, until } = await open({ assembly, real })
  const api = apiOf(ready)
  const orders = Array.from({ length: 6 }, () => submitted())
  for (const { body } of orders) await api.post('/channels/order-api/point-of-sale/orders', body)
  await until(
    'released orders',
    orders,
    ({ intents }) => intents['release-order']?.state === 'done',
  )
  const heads = await hub.ledger.heads()
  await hub.close()
  hall.close()

  expect(hall.orders.toSorted()).toEqual(orders.map(({ orderId }) => orderId).toSorted())
  expect(hall.asked()).toBeGreaterThan(0)
  expect(new Set(hall.keys)).toEqual(new Set([token]))
  expect(JSON.stringify(happenings)).not.toContain(token)

  const judged = { isLate: () => true, real: [ConnectionId.parse(partner)] }
  const counts = { captured: 6, wms: 6, lost: 0, duplicated: 0, underWay: 0 }
  expect(prove(heads, hub.twins.all, judged)).toMatchObject({
    ...counts,
    unchecked: [partner],
    ok: true,
  })
  // What a real warehouse does not ship is asked of one with a twin.
  expect(prove(heads, hub.twins.all)).toMatchObject({ lost: 6, ok: false })
})

describe('between Crossdock and a real system', () => {
  let host: TwinHost
  const said: string[] = []
  const open = async (address: string, ...more: string[]) => {
    const args = ['--real', `${partner}=${address}`, '--secret', `${partner}=${secret}`, ...more]
    const { connections } = readSettings('demo')
    const real = systems(...args)
    host = await TwinHost.open({
      connections,
      hub: () => '',
      real,
      complain: (what) => said.push(what),
    })
    return host.urlOf(partner)
  }
  afterEach(() => host.close())

  test('paths begin where the URL ends', async () => {
    const hall = await system()
    const url = await open(`${hall.url}/base/`)
    expect((await fetch(`${url}/crossdock/orders/1`)).status).toBe(404)
    hall.close()
  })

  test('only losing answers can be asked for', async () => {
    const hall = await system()
    const url = await open(hall.url)
    const ask = (how: string) =>
      fetch(`${url}/_twin/misbehave`, { method: 'POST', body: JSON.stringify({ how, next: 1 }) })
    expect((await fetch(`${url}/_twin/state`)).status).toBe(404)
    expect((await ask('throttle')).status).toBe(422)
    expect((await ask('commit-then-drop')).status).toBe(200)
    const post = () => fetch(`${url}/x`, { method: 'POST', body: '{"orderId":"o1"}' })
    await expect(post()).rejects.toThrow()
    expect(hall.orders).toEqual(['o1'])
    expect((await post()).status).toBe(201)
    hall.close()
  })

  test('one that does not answer is named, without what was sent', async () => {
    const url = await open('http://127.0.0.1:1')
    const headers = { 'x-api-key': token }
    await expect(fetch(`${url}/x`, { method: 'POST', headers, body: token })).rejects.toThrow()
    expect(said).toEqual([`${partner}: no answer from http://127.0.0.1:1 (ECONNREFUSED)`])
  })
})

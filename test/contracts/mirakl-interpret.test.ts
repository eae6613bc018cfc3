import fc from 'fast-check'
import { mirakl } from '../../connectors/mirakl/index.ts'
import { interpret } from '../../connectors/mirakl/responses.ts'
import { twinAccount } from '../support/account.ts'
import { marketplace, miraklAccount } from '../support/mirakl.ts'

const reply = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
const html = '<!DOCTYPE html><html></html>'
const refused = { status: 400, message: 'The order cannot be canceled' }

test.each([
  [reply(200, html), 'retry', 'doubt'],
  [reply(200, ''), 'retry', 'doubt'],
  [reply(201, '{"shipment_success":'), 'retry', 'doubt'],
  [reply(408, ''), 'retry', 'doubt'],
  [reply(500, refused), 'retry', 'doubt'],
  [reply(502, html), 'retry', 'doubt'],
  [reply(503, { status: 503, message: 'Service Unavailable' }), 'retry', 'doubt'],
  [reply(504, ''), 'retry', 'doubt'],
  [reply(429, ''), 'wait', 'wait'],
  [reply(401, { status: 401, message: 'Unauthorized' }), 'halt', 'halt'],
  [reply(403, html), 'halt', 'halt'],
  [reply(301, ''), 'halt', 'halt'],
  [reply(404, html), 'halt', 'halt'],
  [reply(405, ''), 'halt', 'halt'],
  [reply(404, { status: 404, message: 'Not Found' }), 'halt', 'except'],
  [reply(400, refused), 'halt', 'except'],
  [reply(400, []), 'halt', 'halt'],
])('%j means %s to a read and %s to a write', (answer, read, write) => {
  expect(interpret(answer, 'read')).toMatchObject({ ok: false, error: { next: read } })
  expect(interpret(answer, 'write')).toMatchObject({ ok: false, error: { next: write } })
})

test('no content is an answer without one', () => {
  expect(interpret(reply(204, ''), 'write')).toEqual({ ok: true, value: undefined })
})

test.each([
  ['7', 7],
  ['0.2', 1],
  ['86400', 3600],
  ['-1', 60],
  ['Wed, 21 Oct 2026 07:28:00 GMT', 60],
  [undefined, 60],
])('throttled with Retry-After %s waits %d seconds', (header, seconds) => {
  const headers: Record<string, string> = header === undefined ? {} : { 'retry-after': header }
  expect(interpret(reply(429, '', headers), 'write')).toMatchObject({ error: { seconds } })
})

test("a refusal is told in Mirakl's own words, cut and on one line", () => {
  expect(interpret(reply(400, refused), 'write')).toMatchObject({
    error: { reason: 'mirakl refuses (400): The order cannot be canceled' },
  })
  const long = reply(422, { message: `a\nb ${'x'.repeat(1_000)}` })
  const said = interpret(long, 'write')
  expect(!said.ok && said.error.reason.length).toBeLessThan(260)
  expect(!said.ok && said.error.reason).toMatch(/^mirakl refuses \(422\): a b x/)
})

test('whatever comes back, a write is done only when Mirakl says so', () => {
  const statuses = fc.integer({ min: 100, max: 599 })
  fc.assert(
    fc.property(statuses, fc.oneof(fc.string(), fc.json()), (status, body) => {
      const said = interpret(reply(status, body), 'write')
      expect(said.ok).toBe(said.ok && [200, 201, 204].includes(status))
    }),
  )
})

test('a refused key stops the connection, and is told nowhere', async () => {
  const { operator, world } = miraklAccount()
  const account = twinAccount({
    connector: mirakl,
    connection: marketplace,
    settings: world.settings,
    twin: operator,
    now: () => world.clock,
    secret: { apiKey: 'a-wrong-key' },
  })
  const said = await mirakl.orders.fetchOrder(account, 'C10001-A')
  expect(said).toMatchObject({ ok: false, error: { next: 'halt' } })
  expect(JSON.stringify(said)).not.toContain('a-wrong-key')
})

test('a shop of several is named in every call', async () => {
  const { account } = miraklAccount({ shopId: 2001 })
  await mirakl.orders.fetchOrder(account, 'C10001-A')
  expect(account.calls.map(({ url }) => new URL(url).searchParams.get('shop_id'))).toEqual(['2001'])
})

import { z } from 'zod'
import { ask } from '../../connectors/shopify/client.ts'
import { refusal } from '../../connectors/shopify/responses.ts'
import type { Call, Reply } from '../../domain/account.ts'
import { ok } from '../../domain/result.ts'
import { shopifyAccount } from '../support/shopify.ts'
import { memoryDocuments } from '../support/twin-world.ts'

const reply = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
const coded = (code: string, cost?: object) => ({
  errors: [{ message: 'words', extensions: { code } }],
  ...(cost && { extensions: { cost } }),
})
const html = '<!DOCTYPE html><html></html>'
const question = {
  operation: 'order' as const,
  variables: { id: 'gid://shopify/Order/1' },
  answer: z.object({ order: z.null() }),
}

/** What becomes of a question that is answered so. */
const judged = (answer: Reply, kind: Call['kind']) => {
  const tokens = { get: async () => ok('token'), drop: async () => {} }
  const account = { ...shopifyAccount().account, tokens, send: async () => ok(answer) }
  return ask(account, { ...question, kind })
}

describe('an answer of the Admin API', () => {
  test('with data is its data', async () => {
    const answer = reply(200, { data: { order: null } })
    expect(await judged(answer, 'read')).toEqual(ok({ order: null }))
  })

  test.each([
    [reply(200, html), 'retry', 'doubt'],
    [reply(200, ''), 'retry', 'doubt'],
    [reply(200, { data: null }), 'retry', 'doubt'],
    [reply(200, coded('INTERNAL_SERVER_ERROR')), 'retry', 'doubt'],
    [reply(200, coded('TIMEOUT')), 'retry', 'doubt'],
    [reply(500, {}), 'retry', 'doubt'],
    [reply(502, html), 'retry', 'doubt'],
    [reply(503, { errors: 'Service Unavailable' }), 'retry', 'doubt'],
    [reply(504, ''), 'retry', 'doubt'],
    [reply(520, html), 'retry', 'doubt'],
    [reply(429, {}), 'wait', 'wait'],
    [reply(430, {}), 'wait', 'wait'],
    [reply(200, coded('THROTTLED')), 'wait', 'wait'],
    [reply(200, coded('ACCESS_DENIED')), 'halt', 'halt'],
    [reply(200, coded('SHOP_INACTIVE')), 'halt', 'halt'],
    [reply(200, coded('MAX_COST_EXCEEDED')), 'halt', 'halt'],
    [reply(200, { errors: [{ message: 'no such field' }] }), 'halt', 'halt'],
    [reply(200, coded('constructor')), 'halt', 'halt'],
    [reply(301, ''), 'halt', 'halt'],
    [reply(400, {}), 'halt', 'halt'],
    [reply(401, {}), 'halt', 'halt'],
    [reply(402, {}), 'halt', 'halt'],
    [reply(403, {}), 'halt', 'halt'],
    [reply(404, {}), 'halt', 'halt'],
    [reply(423, {}), 'halt', 'halt'],
    [reply(422, {}), 'except', 'except'],
  ])('%j means %s to a read and %s to a write', async (answer, read, write) => {
    expect(await judged(answer, 'read')).toMatchObject({ ok: false, error: { next: read } })
    expect(await judged(answer, 'write')).toMatchObject({ ok: false, error: { next: write } })
  })

  test('that throttles says how long: what is missing, at the rate at which it comes back', async () => {
    const throttled = (requestedQueryCost: number, currentlyAvailable: number, restoreRate = 100) =>
      judged(
        reply(
          200,
          coded('THROTTLED', {
            requestedQueryCost,
            actualQueryCost: null,
            throttleStatus: { maximumAvailable: 2000, currentlyAvailable, restoreRate },
          }),
        ),
        'write',
      )
    expect(await throttled(752, 51)).toMatchObject({ error: { seconds: 8 } })
    expect(await throttled(10, 9, 1000)).toMatchObject({ error: { seconds: 1 } })
    expect(await throttled(10, 50)).toMatchObject({ error: { seconds: 1 } })
    expect(await throttled(10, 0, 0)).toMatchObject({ error: { next: 'wait', seconds: 2 } })
  })

  test.each([
    ['4.0', 4],
    ['0.3', 1],
    ['soon', 2],
    ['99999', 900],
    ['-1', 2],
  ])('with Retry-After %j waits %i seconds', async (after, seconds) => {
    expect(await judged(reply(429, '', { 'retry-after': after }), 'read')).toMatchObject({
      error: { next: 'wait', seconds },
    })
  })

  test('that refuses a mutation says each field and why', () => {
    expect(refusal([])).toBeUndefined()
    expect(refusal([{ field: ['fulfillment', '0'], message: 'No.' }, { message: 'Why?' }])).toEqual(
      {
        next: 'except',
        code: 'effect-refused',
        reason: 'fulfillment.0: No.; request: Why?',
      },
    )
  })
})

describe('an answer of the token endpoint', () => {
  test.each([
    [reply(200, { access_token: '', expires_in: 1 }), 'retry'],
    [reply(200, html), 'retry'],
    [reply(400, { error: 'invalid_client' }), 'halt'],
    [reply(401, ''), 'halt'],
    [reply(404, ''), 'halt'],
    [reply(429, ''), 'wait'],
    [reply(500, ''), 'retry'],
  ])('%j means %s', async (answer, next) => {
    const { account } = shopifyAccount()
    const refused = { ...account, send: async () => ok(answer) }
    expect(await ask(refused, question)).toMatchObject({ ok: false, error: { next } })
  })
})

describe('the client', () => {
  test('mints one token and keeps it', async () => {
    const { account } = shopifyAccount()
    await ask(account, question)
    await ask(account, question)
    expect(account.calls.map(({ url }) => new URL(url).pathname)).toEqual([
      '/admin/oauth/access_token',
      '/admin/api/2026-10/graphql.json',
      '/admin/api/2026-10/graphql.json',
    ])
  })

  test('replaces a token that the shop forgot, once', async () => {
    const documents = memoryDocuments()
    const before = shopifyAccount({}, documents)
    await ask(before.account, question)
    const after = shopifyAccount({}, documents)
    const account = { ...after.account, tokens: before.account.tokens }
    expect(await ask(account, question)).toMatchObject({ ok: true })
    expect(after.account.calls).toHaveLength(3)
  })

  test('halts when a fresh token is refused too', async () => {
    const { account, shop } = shopifyAccount()
    const refusing: typeof account.send = async (call) => {
      if (!call.url.endsWith('graphql.json')) return account.send(call)
      const { status, body = '' } = await shop.handle({
        method: 'POST',
        path: '/admin/api/2026-10/graphql.json',
        headers: {},
        body: '',
      })
      return { ok: true, value: { status, body, headers: {} } }
    }
    expect(await ask({ ...account, send: refusing }, question)).toMatchObject({
      ok: false,
      error: { next: 'halt' },
    })
  })

  test.each([
    ['a wrong client secret', { clientSecret: 'wrong' }],
    ['an incomplete secret', { clientId: '' }],
  ])('halts on %s without telling it', async (_name, wrong) => {
    const { account, shop } = shopifyAccount()
    const secret = async () => ({ ...shop.secret, ...wrong })
    const answer = await ask({ ...account, secret }, question)
    expect(answer).toMatchObject({ ok: false, error: { next: 'halt' } })
    expect(JSON.stringify(answer)).not.toContain('wrong')
  })

  test('retries what came in an unknown shape', async () => {
    const { account } = shopifyAccount()
    const answer = await ask(account, { ...question, answer: z.object({ order: z.string() }) })
    expect(answer).toMatchObject({ ok: false, error: { next: 'retry' } })
  })
})

import { gunzipSync } from 'node:zlib'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { orderIdOf } from '../../domain/order/order-id.ts'
import { recordFact } from '../../domain/order/record-fact.ts'
import { serveApi } from '../../functions/serve-api/serve-api.ts'
import type { ServeApiDeps } from '../../functions/serve-api/serve-api-deps.ts'
import { onceIn } from '../../platform/dynamodb/idempotent.ts'
import { dynamoLedger } from '../../platform/dynamodb/ledger.ts'
import { dynamoOrders } from '../../platform/dynamodb/orders.ts'
import { traceparentOf } from '../../platform/telemetry/trace.ts'
import { endpoints } from '../../schemas/api/endpoints.ts'
import { openApi } from '../../schemas/api/openapi.ts'
import { ProblemDetails } from '../../schemas/api/problem.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { IntakeMessage } from '../../schemas/messages/intake-message.ts'
import { connectionTo } from '../support/connections.ts'
import { openCounting, stockSettings } from '../support/counting.ts'
import { idempotencyTable, ledgerTable, peopleTable, withDynamo } from '../support/dynamo.ts'
import { impossibleBodies } from '../support/impossible.ts'
import { MemoryCrossReferences } from '../support/memory-cross-references.ts'
import { MemoryLookups } from '../support/memory-lookups.ts'
import { erp, lineOf, orderOf, policy, shop, start, wms } from '../support/orders.ts'

const till = ConnectionId.parse('order-api/till')
const kiosk = ConnectionId.parse('order-api/kiosk')
const iam = { iam: { userArn: 'arn:aws:iam::1:user/jane' } }

interface Sent {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly authorizer?: unknown
}

/** A request as API Gateway hands it on. */
function request(line: string, { headers = {}, body, authorizer = iam }: Sent = {}) {
  const [method = '', target = ''] = line.split(' ')
  const [path = '', query = ''] = target.split('?')
  // What API Gateway sends besides is not read.
  return {
    rawPath: path,
    rawQueryString: query,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    requestContext: { http: { method }, authorizer },
    ...(body !== undefined && { body }),
    isBase64Encoded: false,
  } as unknown as APIGatewayProxyEventV2
}

withDynamo('the Capability API', (client, theirs) => {
  const ledger = dynamoLedger(client, { ledger: ledgerTable, people: peopleTable })
  const queued: IntakeMessage[] = []
  const logged: (readonly [string, object])[] = []
  const base: ServeApiDeps = {
    ledger,
    policy,
    jitter: async () => {},
    connections: [
      connectionTo(till, { submits: true }),
      connectionTo(kiosk, { submits: true }),
      connectionTo(shop),
      connectionTo(erp),
      connectionTo(wms, { capabilities: ['fulfilment'], reports: true }),
    ],
    orders: dynamoOrders(client, { ledger: ledgerTable, people: peopleTable }),
    stocked: {
      ...openCounting().deps,
      crossReferences: new MemoryCrossReferences(),
      settings: stockSettings,
    },
    listings: { find: async () => [] },
    terms: { change: async () => false, changes: async () => [] },
    lookups: new MemoryLookups(),
    sellers: new Map(),
    ask: async () => {},
    once: onceIn(idempotencyTable, theirs)({ getRemainingTimeInMillis: () => 10_000 }),
    enqueue: async (message) => {
      queued.push(message)
    },
    describe: () => openApi(endpoints),
    trace: traceparentOf,
    clock: () => new Date(start),
    log: (message, fields) => logged.push([message, fields]),
    complain: (message, fields) => logged.push([message, fields]),
  }
  const ask = (line: string, sent?: Sent, deps: Partial<ServeApiDeps> = {}) =>
    serveApi(request(line, sent), { ...base, ...deps })
  const problem = async (line: string, sent?: Sent, deps?: Partial<ServeApiDeps>) => {
    const { statusCode, headers, body } = await ask(line, sent, deps)
    expect(headers?.['content-type']).toBe('application/problem+json')
    const details = ProblemDetails.strict().parse(JSON.parse(body ?? ''))
    expect(details.status).toBe(statusCode)
    return { ...details, headers }
  }
  let keys = 0
  const key = () => ({ 'idempotency-key': `k-${++keys}` })
  beforeEach(() => {
    queued.length = 0
    logged.length = 0
  })

  async function captured(channelOrderId: string) {
    const id = orderIdOf(shop, channelOrderId)
    const order = orderOf({ id, channelOrderId, lines: [lineOf()] })
    const about = { authority: 'body', receivedAt: start, at: start } as const
    await recordFact({ id }, { type: 'snapshot', order, ...about }, base)
    return id
  }

  describe('refuses', () => {
    test.each([
      'GET /',
      'GET /v1',
      'GET /v1/',
      'GET /v1/order',
      'GET /v1/orders/',
      'GET /v1/orders/a_b_c/timeline/x',
      'GET /v2/orders',
      'GET /v1/__proto__',
      'GET /v1/stock/levels',
    ])('%s, which is nowhere', async (line) => {
      expect((await problem(line)).type).toBe('docs/api.md#unknown-path')
    })

    test.each([
      ['DELETE /v1/orders/a_b_c', 'GET'],
      ['PUT /v1/orders/a_b_c/commands', 'POST'],
      ['HEAD /v1/exceptions', 'GET'],
      ['OPTIONS /v1/channels/order-api/till/orders', 'POST'],
    ])('%s, and says what is allowed', async (line, allow) => {
      const refused = await problem(line)
      expect(refused).toMatchObject({ type: 'docs/api.md#method-not-allowed', headers: { allow } })
    })

    test.each(['text/plain', 'application/x-www-form-urlencoded', '', 'application/jsonx', 'json'])(
      'a body of type "%s"',
      async (type) => {
        const sent = { headers: { ...key(), 'content-type': type }, body: '{}' }
        const refused = await problem('POST /v1/channels/order-api/till/orders', sent)
        expect(refused.type).toBe('docs/api.md#unsupported-media-type')
      },
    )

    test('a body above 256 KiB before it is read, in letters of any width', async () => {
      const line = 'POST /v1/channels/order-api/till/orders'
      const large = { headers: key(), body: `{"id":"${'é'.repeat(140_000)}"}` }
      expect((await problem(line, large)).type).toBe('docs/api.md#too-large')
      const garbage = { headers: key(), body: '['.repeat(300_000) }
      expect((await problem(line, garbage)).status).toBe(413)
    })

    test.each(['', '{', 'null', '[]', '"x"', '['.repeat(65) + ']'.repeat(65), '{"id":}', '\u0000'])(
      'the body %j, with where and what to do',
      async (body) => {
        const line = 'POST /v1/channels/order-api/till/orders'
        const refused = await problem(line, { headers: key(), body })
        expect(refused).toMatchObject({ status: 400, type: 'docs/api.md#bad-request' })
        expect(refused.errors?.[0]).toMatchObject({ pointer: '#', fix: expect.any(String) })
        expect(queued).toEqual([])
      },
    )

    test('bytes that are no UTF-8', async () => {
      const event = request('POST /v1/channels/order-api/till/orders', {
        headers: key(),
        body: '{}',
      })
      const body = Buffer.from([0x7b, 0xff, 0x7d]).toString('base64')
      const { statusCode } = await serveApi({ ...event, body, isBase64Encoded: true }, base)
      expect(statusCode).toBe(400)
    })

    // Whether money may stay without a unit depends on what has left, which the ledger knows.
    test.each(
      impossibleBodies('order-api').wrong.filter(({ kind }) => !kind.startsWith('every unit')),
    )(
      'an order that cannot be true, with field and value: $kind',
      async ({ body, names: [field = '', ...values] }) => {
        const line = 'POST /v1/channels/order-api/till/orders'
        const refused = await problem(line, { headers: key(), body })
        expect(refused.status).toBe(400)
        const pointer = `#/${field.replaceAll('[', '.').replaceAll(']', '').replaceAll('.', '/')}`
        const said = refused.errors?.find((wrong) => wrong.pointer === pointer)
        for (const value of values) expect(`${said?.detail} ${said?.fix}`).toContain(value)
        expect(queued).toEqual([])
      },
    )

    test('names that reach into JavaScript itself', async () => {
      const body = '{"__proto__":{"id":1},"constructor":{},"do":"hold","reason":"x"}'
      const sent = { headers: key(), body }
      const refused = await problem('POST /v1/channels/order-api/till/orders', sent)
      const pointers = refused.errors?.map(({ pointer }) => pointer)
      expect(pointers).toEqual(expect.arrayContaining(['#/__proto__', '#/constructor']))
    })

    test('parameters of path, query and headers that are wrong, all at once', async () => {
      const refused = await problem('GET /v1/orders/nonsense?people=maybe&x=1', {
        headers: { 'x-purpose': 'Because I want to' },
      })
      expect(refused.errors?.map(({ parameter }) => parameter)).toEqual([
        'id',
        'people',
        'x',
        'x-purpose',
      ])
    })

    test.each([
      [`GET /v1/orders/a_b_${'c'.repeat(900)}`, 'id', /write at most 900/],
      ['GET /v1/exceptions?limit=1&limit=2', 'limit', /write it once/],
      ['GET /v1/exceptions?owner=finance&owner=platform', 'owner', /write it once/],
      ['GET /v1/exceptions?cursor=e30&cursor=e30', 'cursor', /write it once/],
      ['GET /v1/orders?reference=a&reference=b', 'reference', /write it once/],
      [`GET /v1/orders?reference=${'a'.repeat(201)}`, 'reference', /at most 200/],
      ['GET /v1/orders?reference=', 'reference', /write a number or an id/],
      ['GET /v1/availability?sku=a', 'channel', /^write a string$/],
      ['GET /v1/listings/terms?channel=netsuite/demo-erp&sku=a', 'channel', /write one of/],
    ])('%s by its parameter, with what to write', async (line, parameter, fix) => {
      const refused = await problem(line)
      expect([refused.status, refused.errors]).toEqual([
        400,
        [{ parameter, detail: expect.any(String), fix: expect.stringMatching(fix) }],
      ])
    })

    test.each([
      [{ do: 'cancel', reason: 'x', line: [{ id: '1', quantity: 1 }] }, '#/line'],
      [{ do: 'cancel', reason: 'x', lines: [{ id: '1', quantity: 1, of: 2 }] }, '#/lines/0/of'],
      [{ do: 'hold', reason: 'x', until: 'tomorrow' }, '#/until'],
      [{ do: 'resume', reason: 'x', at: 'once' }, '#/at'],
      [{ do: 'retry', intent: 'create-order' }, '#/intent'],
      [{ do: 'resolve', code: 'overdue', subject: '', note: 'x', reason: 'y' }, '#/reason'],
      [{ do: 'answer', intentId: 'i', answer: { type: 'not-done', why: 'x' } }, '#/answer/why'],
      [{ do: 'edit', field: 'note', value: 'x', reason: 'x', old: 'y' }, '#/old'],
      [
        { do: 'answer', intentId: 'i', answer: { type: 'done', reference: { id: ' ' } } },
        '#/answer/reference/id',
      ],
      [
        {
          do: 'answer',
          intentId: 'i',
          answer: { type: 'done', reference: { id: 'x'.repeat(201) } },
        },
        '#/answer/reference/id',
      ],
    ])(
      'the command %j by its field: half of it would be another command',
      async (body, pointer) => {
        const sent = { headers: key(), body: JSON.stringify(body) }
        const refused = await problem(
          `POST /v1/orders/${await captured('kept-whole')}/commands`,
          sent,
        )
        expect([refused.status, refused.errors?.map((one) => one.pointer)]).toEqual([
          400,
          [pointer],
        ])
      },
    )

    test('an order or command without a key, and a key of blanks', async () => {
      const none: Record<string, string> = {}
      for (const headers of [none, { 'idempotency-key': '' }, { 'idempotency-key': 'a b' }]) {
        const refused = await problem('POST /v1/orders/a_b_c/commands', {
          headers,
          body: '{"do":"resume","reason":"x"}',
        })
        expect(refused.errors).toMatchObject([{ parameter: 'idempotency-key' }])
      }
    })

    test.each(['order-api/other', 'shopify/demo-store', 'netsuite/demo-erp'])(
      'orders for %s, which does not submit any',
      async (id) => {
        const sent = { headers: key(), body: JSON.stringify(submission()) }
        expect((await problem(`POST /v1/channels/${id}/orders`, sent)).status).toBe(404)
        expect(queued).toEqual([])
      },
    )

    test.each([
      [{}],
      [{ client_id: 'till-4' }],
      [{ sub: undefined }],
      [{ sub: null }],
      [{ sub: '' }],
      [{ sub: ' \t' }],
      [{ sub: 'null' }],
      [{ sub: '<nil>' }],
      [{ sub: ['jane', 'joe'] }],
      [{ sub: '[jane joe]' }],
      [{ sub: '[]' }],
      [{ sub: { id: 1 } }],
      [{ sub: 'map[id:1]' }],
      [{ sub: true }],
      [{ sub: 'x'.repeat(256) }],
      [{ sub: 'jane\nGET' }],
    ])('a token with the claims %j, whatever it asks', async (claims) => {
      const authorizer = { jwt: { claims, scopes: null } }
      for (const line of ['GET /v1/exceptions', 'GET /v1/orders?x=1', 'GET /v1/openapi.json']) {
        const refused = await problem(line, { authorizer })
        expect(refused).toMatchObject({ status: 403, type: 'docs/api.md#no-subject' })
        expect(refused.errors).toMatchObject([{ parameter: 'authorization' }])
      }
      const body = '{"do":"hold","reason":"wait"}'
      const sent = { headers: key(), body, authorizer }
      expect((await problem('POST /v1/orders/a_b_c/commands', sent)).status).toBe(403)
    })

    test.each(['jane', 'auth0|5f7c8ec7c33c6c004bbafe82', 'till@clients', 7, '1.2345E9'])(
      'no token whose subject is %j',
      async (sub) => {
        const authorizer = { jwt: { claims: { sub, scope: 'crossdock/viewer' } } }
        expect((await ask('GET /v1/openapi.json', { authorizer })).statusCode).toBe(200)
      },
    )

    test('what no authorizer let in, by breaking: it cannot come about', async () => {
      const event = request('GET /v1/exceptions')
      const { authorizer: _, ...open } = Object(event.requestContext)
      await expect(serveApi({ ...event, requestContext: open }, base)).rejects.toThrow('authorizer')
    })
  })

  describe('takes', () => {
    test('an order byte for byte, and says so only when the queue has it', async () => {
      const body = `${JSON.stringify(submission(), null, 2)}\n`
      const sent = { headers: key(), body }
      const { statusCode } = await ask('POST /v1/channels/order-api/till/orders', sent)
      expect(statusCode).toBe(202)
      expect(queued).toMatchObject([{ connection: till, via: 'webhook', receivedAt: start }])
      const [message] = queued
      expect(gunzipSync(Buffer.from(message?.body ?? '', 'base64')).toString()).toBe(body)

      const enqueue = async () => {
        throw new Error('the queue is away')
      }
      const again = { headers: key(), body }
      const lost = await problem('POST /v1/channels/order-api/till/orders', again, { enqueue })
      expect(lost).toMatchObject({ status: 500, headers: { 'retry-after': '5' } })
      expect((await ask('POST /v1/channels/order-api/till/orders', again)).statusCode).toBe(202)
    })

    test('one key once, for each caller and each channel', async () => {
      const body = JSON.stringify(submission())
      const one = { headers: { 'idempotency-key': 'the-same' }, body }
      const other = {
        ...one,
        authorizer: { jwt: { claims: { sub: 'joe', scope: 'crossdock/admin' } } },
      }
      for (const sent of [one, one, other, other]) {
        expect((await ask('POST /v1/channels/order-api/till/orders', sent)).statusCode).toBe(202)
      }
      expect(queued).toHaveLength(2)
      expect((await ask('POST /v1/channels/order-api/kiosk/orders', one)).statusCode).toBe(202)
      expect(queued.map(({ connection }) => connection)).toEqual([till, till, kiosk])
    })

    test('a report for a system that speaks, and none for one that does not', async () => {
      const body = JSON.stringify({ type: 'held', orderId: 'shopify_demo-store_1', reason: 'x' })
      const told = await ask(`POST /v1/connections/${wms}/reports`, { body })
      expect([told.statusCode, queued.length]).toEqual([202, 1])
      expect((await problem(`POST /v1/connections/${erp}/reports`, { body })).status).toBe(404)
      expect((await problem(`POST /v1/connections/${till}/reports`, { body })).status).toBe(404)
    })
  })

  test('an id is found however its characters are written in the path', async () => {
    const id = await captured('percent')
    const encoded = id.replaceAll('_', '%5F').replace('s', '%73')
    expect((await ask(`GET /v1/orders/${encoded}`)).statusCode).toBe(200)
    for (const wrong of ['%', '%ff', '%00', 'a%2Fb', '%E2%80%AE_b_c']) {
      expect((await problem(`GET /v1/orders/${wrong}`)).errors).toMatchObject([{ parameter: 'id' }])
    }
  })

  test('a command is what its caller gave, by the name that the door knows them by', async () => {
    const id = await captured('commanded')
    const body = '{"do":"hold","reason":"wait"}'
    const authorizer = { jwt: { claims: { sub: 'joe', scope: 'crossdock/admin' } } }
    const given = await ask(`POST /v1/orders/${id}/commands`, { headers: key(), body, authorizer })
    expect(JSON.parse(given.body ?? '')).toMatchObject({ id, held: 'wait' })
    const told = JSON.parse((await ask(`GET /v1/orders/${id}/timeline`)).body ?? '')
    const commands = told.entries.map(({ event }: { event: object }) => event)
    expect(commands).toContainEqual(
      expect.objectContaining({ type: 'command.given', by: 'joe', command: JSON.parse(body) }),
    )
  })

  test('two callers who choose the same key give two commands, and one of them gives one', async () => {
    const line = `POST /v1/orders/${await captured('commanded-by-two')}/commands`
    const headers = { 'idempotency-key': 'the-first-of-today' }
    const jane = { headers, body: '{"do":"hold","reason":"wait"}' }
    const joe = {
      headers,
      body: '{"do":"resume","reason":"done"}',
      authorizer: { jwt: { claims: { sub: 'joe', scope: 'crossdock/admin' } } },
    }
    for (const sent of [jane, joe, jane]) expect((await ask(line, sent)).statusCode).toBe(200)
    const { body = '' } = await ask(line.replace('POST', 'GET').replace('/commands', ''))
    expect(JSON.parse(body)).not.toHaveProperty('held')
  })

  describe('a command that changes nothing', () => {
    const stuck = async (channelOrderId: string) => {
      const id = orderIdOf(shop, channelOrderId)
      const order = orderOf({ id, channelOrderId, lines: [lineOf()], total: 2303 })
      const about = { authority: 'body', receivedAt: start, at: start } as const
      await recordFact({ id }, { type: 'snapshot', order, ...about }, base)
      return `POST /v1/orders/${id}/commands`
    }
    const resolve = { do: 'resolve', code: 'money-mismatch', subject: '', note: 'the shop rounds' }
    const give = (command: object, headers: Record<string, string> = key()) => ({
      headers,
      body: JSON.stringify(command),
    })

    test('names the field that it lacks, or that is too much', async () => {
      const line = await stuck('resolved-without-a-word')
      expect(await problem(line, give(resolve))).toMatchObject({
        status: 400,
        errors: [{ pointer: '#/resolution', detail: 'is missing', fix: /post.*cancel/ }].map(
          ({ fix, ...error }) => ({ ...error, fix: expect.stringMatching(fix) }),
        ),
      })
      const overdue = { ...resolve, code: 'overdue', resolution: 'post' }
      expect((await problem(line, give(overdue))).errors).toMatchObject([
        { pointer: '#/resolution' },
      ])
      const other = { ...resolve, resolution: 'perhaps' }
      expect((await problem(line, give(other))).errors).toMatchObject([{ pointer: '#/resolution' }])
    })

    test('says what it waits for and what to do instead', async () => {
      const line = await stuck('retried-too-early')
      expect(await problem(line, give({ do: 'retry' }))).toMatchObject({
        status: 409,
        type: 'docs/api.md#wrong-state',
        errors: [
          {
            pointer: '#/do',
            detail: 'create-order waits for the exception money-mismatch',
            fix: expect.stringMatching(/resolve or cancel/),
          },
        ],
      })
      const unknown = { ...resolve, code: 'overdue', subject: 'shipped' }
      expect(await problem(line, give(unknown))).toMatchObject({
        status: 409,
        errors: [{ pointer: '#/code', fix: 'open exceptions: money-mismatch' }],
      })
    })

    test('says that nothing was to do, and the first one does not when it is sent again', async () => {
      const line = await stuck('resolved-twice')
      const first = give({ ...resolve, resolution: 'post' })
      for (const sent of [first, first]) {
        const { statusCode, body = '' } = await ask(line, sent)
        expect([statusCode, JSON.parse(body).unchanged]).toEqual([200, undefined])
      }
      const { statusCode, body = '' } = await ask(line, give({ ...resolve, resolution: 'post' }))
      expect([statusCode, JSON.parse(body).unchanged]).toEqual([
        200,
        'money-mismatch was already resolved',
      ])
      const { effects } = JSON.parse(body)
      expect(effects).toMatchObject([{ intentId: 'create-order', state: 'pending' }])
    })
  })

  test('no log line has a body, a name or a parameter in it', async () => {
    const body = JSON.stringify(submission())
    await ask('POST /v1/channels/order-api/till/orders', { headers: key(), body })
    await ask('GET /v1/orders?reference=jane@example.com')
    await problem('POST /v1/channels/order-api/till/orders', {
      headers: key(),
      body: '{"id":"Jane"}',
    })
    expect(JSON.stringify(logged)).not.toMatch(/Recipient|jane|Jane/)
    expect(logged).toHaveLength(3)
  })
})

function submission() {
  return {
    id: 'R-1',
    placedAt: start,
    updatedAt: start,
    currency: 'USD',
    taxesIncluded: false,
    payment: 'paid',
    lines: [{ id: '1', sku: 'MUG', title: 'Mug', quantity: 1, unitPrice: '10' }],
    total: '10',
    people: { customer: { name: 'A. Recipient' } },
  }
}

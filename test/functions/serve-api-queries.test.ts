import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { except } from '../../domain/failure.ts'
import { orderIdOf } from '../../domain/order/order-id.ts'
import { recordFact } from '../../domain/order/record-fact.ts'
import { ok } from '../../domain/result.ts'
import { applyCounts } from '../../domain/stock/counting.ts'
import { calledIn } from '../../functions/publish-events/called.ts'
import { serveApi } from '../../functions/serve-api/serve-api.ts'
import type { ServeApiDeps } from '../../functions/serve-api/serve-api-deps.ts'
import { dynamoLedger } from '../../platform/dynamodb/ledger.ts'
import { dynamoOrders } from '../../platform/dynamodb/orders.ts'
import { dynamoReferences } from '../../platform/dynamodb/references.ts'
import { traceparentOf } from '../../platform/telemetry/trace.ts'
import { type Endpoint, endpoints } from '../../schemas/api/endpoints.ts'
import { ConnectionId, OrderId } from '../../schemas/canonical/identity.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import { Listing } from '../../schemas/stored/listing.ts'
import { connectionTo } from '../support/connections.ts'
import { openCounting, stockSettings } from '../support/counting.ts'
import { ledgerTable, peopleTable, withDynamo } from '../support/dynamo.ts'
import { partner } from '../support/generic-webhook.ts'
import { MemoryCrossReferences } from '../support/memory-cross-references.ts'
import { MemoryListings } from '../support/memory-listings.ts'
import { MemoryLookups } from '../support/memory-lookups.ts'
import { erp, lineOf, orderOf, policy, seconds, shop, start, wms } from '../support/orders.ts'

const other = ConnectionId.parse('shopify/other-store')
const till = ConnectionId.parse('order-api/till')
const channels = [shop, other, till]

/** The same ids and numbers at every channel; each order has its own trouble. */
const troubles: readonly Partial<Order>[] = [
  {},
  { people: {} },
  { total: 1 },
  { test: true, payment: 'pending' },
  { lines: [lineOf({ sku: undefined })] },
]

type Query = Readonly<Record<string, string>>
type Item = Readonly<Record<string, unknown>>

/** How a list is asked, and which of all items a query is to be answered with. */
interface List {
  readonly path: string
  /** Where the items stand in the answer. */
  readonly items: string
  /** Of each parameter, values that there are and some that there are not. */
  readonly values: Readonly<Record<string, readonly string[]>>
  /** Parameters that every request has. */
  readonly always: Query
  readonly nameOf: (item: Item) => string
  readonly all: () => Promise<readonly Item[]> | readonly Item[]
  readonly isMeant: (item: Item, query: Query) => boolean
}

withDynamo('every parameter of a list is honoured beside every other', (client) => {
  const ledger = dynamoLedger(client, { ledger: ledgerTable, people: peopleTable })
  const orders = dynamoOrders(client, { ledger: ledgerTable, people: peopleTable })
  const references = dynamoReferences(client, ledgerTable)
  const counting = openCounting()
  const listings = new MemoryListings(counting.stock)
  const deps: ServeApiDeps = {
    ledger,
    policy,
    jitter: async () => {},
    connections: [
      ...channels.map((id) => connectionTo(id)),
      ...[erp, wms, partner].map((id) =>
        connectionTo(id, { capabilities: [id === erp ? 'accounting' : 'fulfilment'] }),
      ),
    ],
    orders,
    stocked: {
      ...counting.deps,
      crossReferences: new MemoryCrossReferences(),
      settings: stockSettings,
    },
    listings,
    terms: listings,
    lookups: new MemoryLookups(),
    sellers: new Map(),
    ask: async () => {},
    once: async (_, work) => ok(await work()),
    enqueue: async () => {},
    describe: () => ({ openapi: '3.1.0' }),
    trace: traceparentOf,
    clock: () => new Date(start),
    log: () => {},
    complain: () => {},
  }
  const ids = channels.flatMap((channel) => troubles.map((_, n) => orderIdOf(channel, String(n))))

  beforeAll(async () => {
    for (const channel of channels) {
      for (const [n, trouble] of troubles.entries()) await capture(channel, n, trouble)
    }
    for (const location of [counting.berlin, counting.lyon]) {
      const counts = ['MUG', 'CUP'].map((sku) => ({ sku, at: start, onHand: 4 }))
      await applyCounts(location, { counts }, counting.deps)
    }
    for (const connection of [shop, other]) {
      const listing = Listing.parse({ connection, sku: 'MUG', rev: 1, remote: {}, parts: [] })
      await listings.save(undefined, listing)
    }
  })

  /** The first order of each channel is posted, the second at once refused: the ERP numbers them alike. */
  async function capture(connection: ConnectionId, n: number, trouble: Partial<Order>) {
    const id = orderIdOf(connection, String(n))
    const order = orderOf({
      id,
      connection,
      channelOrderId: String(n),
      number: `#${n}`,
      ...trouble,
    })
    const at = seconds(n)
    await recordFact(
      { id },
      { type: 'snapshot', order, authority: 'body', receivedAt: at, at },
      deps,
    )
    if (n === 0) {
      const make = { intentId: 'create-order', epoch: 1, during: 'make', lagSeconds: 0 } as const
      await recordFact(
        { id },
        { type: 'claim', intentId: 'create-order', leaseSeconds: 15, at },
        deps,
      )
      const reference = ok({ id: `erp-${connection}`, number: 'SO-1' })
      await recordFact({ id }, { type: 'outcome', ...make, result: reference, at }, deps)
      const release = {
        intentId: 'release-order',
        epoch: 1,
        during: 'make',
        lagSeconds: 0,
      } as const
      await recordFact(
        { id },
        { type: 'claim', intentId: 'release-order', leaseSeconds: 15, at },
        deps,
      )
      const result = { ok: false, error: except('effect-refused', 'no') } as const
      await recordFact({ id }, { type: 'outcome', ...release, result, at }, deps)
    }
    const { records } = await orders.commits(id, { limit: 100 })
    await references.add(records.flatMap(calledIn))
  }

  async function ask(path: string, query: Query) {
    // What API Gateway sends besides is not read.
    const event = {
      rawPath: `/v1${path}`,
      rawQueryString: String(new URLSearchParams(query)),
      headers: {},
      requestContext: {
        http: { method: 'GET' },
        authorizer: { iam: { userArn: 'arn:aws:iam::1:user/jane' } },
      },
    } as unknown as APIGatewayProxyEventV2
    const { statusCode, body = '' } = await serveApi(event, deps)
    return { status: statusCode, json: JSON.parse(body) as Item }
  }

  const itemsIn = (json: Item, field: string): readonly Item[] => {
    const items = json[field]
    if (!Array.isArray(items)) throw new Error(`no ${field} in ${JSON.stringify(json)}`)
    return items
  }

  /** All pages of an answer; none may have more than was asked for, where the list says so. */
  async function pages({ path, items }: List, query: Query, most = Number.POSITIVE_INFINITY) {
    const found: Item[] = []
    for (let next: unknown = ''; next !== undefined; ) {
      const cursor: Query = next === '' ? {} : { cursor: String(next) }
      const { status, json } = await ask(path, { ...query, ...cursor })
      if (status === 400) return `400 ${Object(itemsIn(json, 'errors')[0]).parameter}`
      if (status === 404) return []
      expect([status, json]).toEqual([200, json])
      const page = itemsIn(json, items)
      expect(page.length).toBeLessThanOrEqual(most)
      found.push(...page)
      next = json['next']
    }
    return found
  }

  const states = () => orders.states(ids)
  const [first] = ids
  const lists: Readonly<Record<string, List>> = {
    findOrders: {
      path: '/orders',
      items: 'orders',
      values: {
        reference: ['#0', '0', '#1', '3', 'SO-1', first ?? '', 'nothing'],
        connection: [...channels, erp, wms, 'shopify/unknown'],
      },
      always: { reference: '#0' },
      nameOf: ({ id }) => String(id),
      all: async () => (await states()).map((state) => ({ ...state })),
      isMeant: (item, { reference = '', connection }) => {
        const { id, connection: channel, seen, intents } = Object(item)
        const at = [channel, ...Object.values(intents).map((intent) => Object(intent).connection)]
        const by = Object.values(intents).flatMap((intent) => {
          const made = Object(intent).reference
          return made ? [[Object(intent).connection, made.number ?? made.id]] : []
        })
        const isChannels = seen.number === reference || orderIdOf(channel, reference) === id
        return (
          (isChannels && (connection ?? channel) === channel) ||
          (id === reference && (connection === undefined || at.includes(connection))) ||
          by.some(([who, what]) => what === reference && (connection ?? who) === who)
        )
      },
    },
    listExceptions: {
      path: '/exceptions',
      items: 'exceptions',
      values: {
        owner: ['finance', 'commerce', 'customer-service', 'platform', 'warehouse'],
        connection: [...channels, erp, wms, 'shopify/unknown'],
        code: ['money-mismatch', 'missing-address', 'test-order', 'effect-refused', 'no-route'],
        limit: ['1', '2', '100'],
      },
      always: {},
      nameOf: ({ order, code, subject }) => `${Object(order).id} ${code} ${subject}`,
      all: async () =>
        (await states()).flatMap(({ id, connection, intents, exceptions }) =>
          Object.values(exceptions).map((one) => ({
            ...one,
            order: { id },
            connections: [connection, intents[one.subject]?.connection],
          })),
        ),
      isMeant: ({ owner, code, connections }, query) =>
        (query['owner'] ?? owner) === owner &&
        (query['code'] ?? code) === code &&
        (query['connection'] === undefined || Object(connections).includes(query['connection'])),
    },
    readTimeline: {
      path: `/orders/${first}/timeline`,
      items: 'entries',
      values: { limit: ['1', '2', '3', '100'] },
      always: {},
      nameOf: ({ commit, event }) => `${commit} ${JSON.stringify(event)}`,
      all: async () => itemsIn((await ask(`/orders/${first}/timeline`, {})).json, 'entries'),
      isMeant: () => true,
    },
    readStock: {
      path: '/stock',
      items: 'places',
      values: { sku: ['MUG', 'CUP', 'NONE'], warehouse: [wms, partner] },
      always: { sku: 'MUG' },
      nameOf: ({ location }) => String(location),
      all: () => counting.stock.all().map((row) => ({ ...row })),
      isMeant: ({ sku, warehouse }, query) =>
        query['sku'] === sku && (query['warehouse'] ?? warehouse) === warehouse,
    },
    readAvailability: {
      path: '/availability',
      items: 'articles',
      values: { channel: [...channels], sku: ['MUG', 'CUP'] },
      always: { channel: shop, sku: 'MUG' },
      nameOf: ({ sku }) => String(sku),
      all: () => [{ sku: 'MUG' }, { sku: 'CUP' }],
      isMeant: ({ sku }, query) => query['sku'] === sku,
    },
    readListingTerms: {
      path: '/listings/terms',
      items: 'changes',
      values: { channel: [...channels], sku: ['MUG', 'CUP'] },
      always: { channel: shop, sku: 'MUG' },
      nameOf: () => '',
      all: () => [],
      isMeant: () => true,
    },
  }

  const parametersOf = ({ query }: Endpoint) => Object.keys(query.shape)
  const pairs = Object.entries(endpoints)
    .filter(([, endpoint]) => endpoint.method === 'GET' && parametersOf(endpoint).length > 1)
    .flatMap(([name, endpoint]) => {
      // A cursor is what the other parameters lead to: every answer is read to its end.
      const some = parametersOf(endpoint).filter((parameter) => parameter !== 'cursor')
      return some.flatMap((one, i) => some.slice(i).map((two) => [name, one, two] as const))
    })

  test.each(pairs)('%s by %s and %s', async (name, one, two) => {
    const list = lists[name]
    const ones = list?.values[one]
    const twos = list?.values[two]
    if (!list || !ones || !twos) throw new Error(`write what ${name} means by ${one} and ${two}`)
    const all = await list.all()
    let found = 0
    for (const first of ones) {
      for (const second of one === two ? [first] : twos) {
        const query = { ...list.always, [one]: first, [two]: second }
        const most = name === 'readTimeline' ? Number(query['limit']) : undefined
        const answer = await pages(list, query, most)
        if (typeof answer === 'string') throw new Error(answer)
        const expected = all.filter((item) => list.isMeant(item, query)).map(list.nameOf)
        expect([query, answer.map(list.nameOf).toSorted()]).toEqual([query, expected.toSorted()])
        found += expected.length
      }
    }
    if (name !== 'readListingTerms') expect(found).toBeGreaterThan(0)
  })

  test.each([
    ['/exceptions', 'limit', '0'],
    ['/exceptions', 'cursor', 'x'],
    ['/exceptions', 'owner', 'nobody'],
    ['/stock?sku=MUG', 'warehouse', 'shipbob/unknown'],
    ['/availability?sku=MUG', 'channel', wms],
    ['/orders', 'number', '#1'],
  ])('%s refuses a wrong %s by its name', async (target, parameter, value) => {
    const [path = '', given = ''] = target.split('?')
    const query = { ...Object.fromEntries(new URLSearchParams(given)), [parameter]: value }
    const { status, json } = await ask(path, query)
    expect(status).toBe(400)
    expect(itemsIn(json, 'errors').map((error) => error['parameter'])).toContain(parameter)
  })

  test('an order of one channel is found, however many of another have its number', async () => {
    const [order = ''] = ids
    const many = Array.from({ length: 60 }, (_, i) => orderIdOf(till, `many-${i}`))
    const called = [...many, OrderId.parse(order)]
    await references.add(called.map((orderId) => ({ orderId, reference: '#many' })))
    const { json } = await ask('/orders', { reference: '#many', connection: shop })
    expect(itemsIn(json, 'orders').map(({ id }) => id)).toEqual([order])
  })
})

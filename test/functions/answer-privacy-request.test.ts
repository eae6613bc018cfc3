import { gzipSync } from 'node:zlib'
import { shipbob } from '../../connectors/shipbob/index.ts'
import { shopify } from '../../connectors/shopify/index.ts'
import { orderIdOf } from '../../domain/order/order-id.ts'
import { answerPrivacyRequest } from '../../functions/answer-privacy-request/answer-privacy-request.ts'
import { bundlesOf } from '../../functions/transform-message/archive.ts'
import { openOnce } from '../../functions/transform-message/open-message.ts'
import { unzip } from '../../functions/transform-message/unzip.ts'
import { ConnectionId, type OrderId } from '../../schemas/canonical/identity.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import { text } from '../support/fixtures.ts'
import { openPrivacy } from '../support/memory-privacy.ts'
import { orderOf, shop, start, wms } from '../support/orders.ts'

const other = ConnectionId.parse('shopify/other-store')
const broken = ConnectionId.parse('shopify/broken')
/** Its reading has a mistake in it. */
const crashing = {
  ...shopify,
  read: () => {
    throw new TypeError('note 8')
  },
}
const wireOf = (id: number, note: string) =>
  JSON.stringify({
    ...JSON.parse(text('shopify', 'paid-order.wire.json')),
    id,
    note,
    admin_graphql_api_id: null,
  })

const messageOf = (connection: ConnectionId, body: string, topic = 'orders/updated') =>
  JSON.stringify({
    connection,
    via: 'webhook',
    headers: { 'x-shopify-topic': topic },
    receivedAt: start,
    traceparent: 'trace',
    body: gzipSync(body).toString('base64'),
    again: 0,
  })

/** Three orders of two customers, and one of another shop; each with messages as they came, together with others'. */
async function open() {
  const privacy = openPrivacy()
  const { capture, messages, digest } = privacy
  const order = (connection: ConnectionId, number: number, customer: string): Order => ({
    ...orderOf({ id: orderIdOf(connection, String(number)), channelOrderId: String(number) }),
    connection,
    people: { customer: { id: customer, name: `Customer ${customer}` }, note: `note ${number}` },
  })
  const orders = [
    order(shop, 1, 'ann'),
    order(shop, 2, 'bob'),
    order(shop, 3, 'ann'),
    order(other, 4, 'ann'),
  ]
  for (const each of orders) await capture(each)
  let names = 0
  const days = new Map([
    [shop, 90],
    [wms, 90],
    [other, 30],
    [broken, 30],
  ])
  const archive = async (bodies: readonly string[]) => {
    const connectors = new Map([[wms, shipbob]])
    const connector = (connection: ConnectionId) =>
      connectors.get(connection) ?? (connection === broken ? crashing : shopify)
    const bundles = await bundlesOf(bodies, {
      connector,
      channels: [shop, other],
      ledger: privacy.ledger,
      open: openOnce({ connector, unzip }),
      digest,
      clock: () => new Date(start),
      rawDays: (connection) => days.get(connection),
      newId: () => {
        names += 1
        return `file-${String(names).padStart(3, '0')}`
      },
    })
    for (const { name, text } of bundles) messages.texts.set(name, text)
  }
  await archive([
    messageOf(shop, wireOf(1, 'note 1')),
    messageOf(shop, wireOf(2, 'note 2')),
    messageOf(other, wireOf(4, 'note 4')),
  ])
  await archive([messageOf(shop, wireOf(3, 'note 3'))])
  await archive([messageOf(shop, wireOf(2, 'note 2'))])
  const said = async (): Promise<string[]> => {
    const lines = [...messages.texts.values()].flatMap((each) => each.split('\n'))
    const bodies = lines.flatMap((line) => JSON.parse(line).body ?? [])
    const raw = await Promise.all(bodies.map((body: string) => unzip(body)))
    return raw.flatMap((each) => (each.ok ? (/note \d/.exec(each.value) ?? []) : [])).toSorted()
  }
  const kept = (): OrderId[] => [...privacy.people.keys()].toSorted()
  return { ...privacy, archive, said, kept }
}

const id = (connection: ConnectionId, number: number) => orderIdOf(connection, String(number))

test("messages are stored by their connection's retention, with their order ids", async () => {
  const { messages, digest } = await open()
  const mark = (order: OrderId) => digest(order).slice(0, 12)
  expect([...messages.texts.keys()]).toEqual([
    `raw/90/2026/11/21/10/file-001.${mark(id(shop, 1))}.${mark(id(shop, 2))}.ndjson.gz`,
    `raw/30/2026/11/21/10/file-002.${mark(id(other, 4))}.ndjson.gz`,
    `raw/90/2026/11/21/10/file-003.${mark(id(shop, 3))}.ndjson.gz`,
    `raw/90/2026/11/21/10/file-004.${mark(id(shop, 2))}.ndjson.gz`,
  ])
  const [line = ''] = [...messages.texts.values()][2]?.split('\n') ?? []
  expect(line).toBe(`{"about":["${id(shop, 3)}"],${messageOf(shop, wireOf(3, 'note 3')).slice(1)}`)
})

test('one order is erased everywhere, and no other', async () => {
  const { answer, said, kept, ledger } = await open()
  const report = await answer({ orders: [id(shop, 2)] })
  expect(kept()).toEqual([id(shop, 1), id(shop, 3), id(other, 4)])
  expect(await said()).toEqual(['note 1', 'note 3', 'note 4'])
  expect(await ledger.open(id(shop, 2))).toMatchObject({ gone: true, order: { people: {} } })
  expect(report).toMatchObject({
    request: 'r1',
    outcome: 'done',
    erased: { orders: 1, messages: 2 },
    orders: [{ order: id(shop, 2), alsoAt: [{ connection: shop }] }],
  })
})

test('an erasure also removes text by others, in the document too', async () => {
  const { answer, capture, ledger } = await open()
  const holds = [{ kind: 'other' as const, reason: 'Karl-Heinz asked' }]
  await capture({ ...orderOf({ id: id(shop, 5), holds }), connection: shop })
  const kept = async () => JSON.stringify(await ledger.open(id(shop, 5)))
  expect((await kept()).match(/Karl/g)?.length).toBeGreaterThan(1)
  await answer({ orders: [id(shop, 5)] })
  expect(await kept()).not.toContain('Karl')
})

test('a customer is erased by the channel’s id, also in orders that the channel did not name', async () => {
  const { answer, said, kept } = await open()
  await answer({ orders: [id(shop, 1)], customer: 'ann' })
  expect(kept()).toEqual([id(shop, 2), id(other, 4)])
  expect(await said()).toEqual(['note 2', 'note 2', 'note 4'])
})

test('a shop is erased as a whole, what its warehouse said of its parcels included, and no other shop', async () => {
  const { answer, archive, said, kept, messages } = await open()
  const parcel = text('shipbob', 'delivered.wire.json').replaceAll(
    /"reference_id": *"[^"]*"/g,
    `"reference_id": "${id(shop, 1)}"`,
  )
  await archive([messageOf(wms, parcel)])
  const last = () => JSON.parse([...messages.texts.values()].at(-1) ?? '{}')
  expect(last().about).toEqual([id(shop, 1)])
  const report = await answer({})
  expect(last()).not.toHaveProperty('body')
  expect(kept()).toEqual([id(other, 4)])
  expect(await said()).toEqual(['note 4'])
  expect(report).toMatchObject({ outcome: 'done', erased: { orders: 3 } })
})

test('a repeated request or part changes nothing', async () => {
  const { answer, said, ledger, deps } = await open()
  const twice = deps.again
  Object.assign(deps, {
    again: async (body: string) => {
      await twice(body, 0)
      await twice(body, 0)
    },
  })
  await answer({ customer: 'ann' })
  const commits = ledger.commits.length
  await answer({ customer: 'ann' })
  expect(ledger.commits).toHaveLength(commits)
  expect(await said()).toEqual(['note 2', 'note 2', 'note 4'])
})

test('a request that names another account than the connection’s changes nothing', async () => {
  const { answer, said, kept } = await open()
  const report = await answer({ account: 'other-store.myshopify.com' })
  expect(report.outcome).toMatch(/^refused: the request names another account/)
  expect([kept().length, (await said()).length]).toEqual([4, 5])
})

test('a disclosure has all data about a customer and raises an alarm; an erasure empties it', async () => {
  const { answer, files, disclosed } = await open()
  await answer({ id: 'd1', kind: 'disclosure', customer: 'ann' })
  const file = JSON.parse(files.texts.get('disclosures/d1.json') ?? '')
  expect(file.orders).toMatchObject([
    { order: { channelOrderId: '1' }, people: { note: 'note 1' }, alsoAt: [{ connection: shop }] },
    { order: { channelOrderId: '3' }, people: { note: 'note 3' } },
  ])
  expect(disclosed).toEqual([[id(shop, 1), id(shop, 3)]])
  expect(files.texts.get('privacy/d1.json')).not.toMatch(/note|Customer/)
  await answer({ id: 'e1', customer: 'bob' })
  expect(files.texts.get('disclosures/d1.json')).toContain('note 1')
  const report = await answer({ id: 'e2', orders: [id(shop, 3)] })
  expect(files.texts.get('disclosures/d1.json')).toBe('{"erased":"e2"}')
  expect(report.erased.disclosures).toBe(1)
})

test('an erasure empties all earlier disclosures', async () => {
  const { answer, files } = await open()
  const asked = ['d1', 'd2', 'd3', 'd4', 'd5']
  for (const id of asked) await answer({ id, kind: 'disclosure', customer: 'ann' })
  const report = await answer({ id: 'e1', customer: 'ann' })
  expect(asked.map((id) => files.texts.get(`disclosures/${id}.json`))).toEqual(
    asked.map(() => '{"erased":"e1"}'),
  )
  expect(report.erased.disclosures).toBe(5)
})

test('a message about an erased order is recorded without its content', async () => {
  const { answer, archive, said, messages } = await open()
  await answer({ orders: [id(shop, 2)] })
  await archive([messageOf(shop, wireOf(2, 'note 2')), messageOf(shop, wireOf(1, 'note 1'))])
  expect(await said()).toEqual(['note 1', 'note 1', 'note 3', 'note 4'])
  const [line = ''] = [...messages.texts.values()].at(-1)?.split('\n') ?? []
  expect(JSON.parse(line)).toEqual({ about: [id(shop, 2)], connection: shop, receivedAt: start })
})

test('an unreadable order does not block the archiving of its messages', async () => {
  const { archive, said, ledger } = await open()
  ledger.load = async () => {
    throw new Error('the table is away')
  }
  await archive([messageOf(shop, wireOf(9, 'note 9'))])
  expect(await said()).toContain('note 9')
})

test('a privacy request by webhook is not archived, because it names its customer', async () => {
  const { archive, messages } = await open()
  const before = messages.texts.size
  const redact = {
    shop_id: 1,
    shop_domain: 'x',
    customer: { id: 1, email: 'a@b.c' },
    orders_to_redact: [1],
  }
  await archive([messageOf(shop, JSON.stringify(redact), 'customers/redact'), 'no message of ours'])
  expect(messages.texts.size).toBe(before)
})

test('a body that nobody can read is kept under the name it has', async () => {
  const { archive, answer, messages } = await open()
  await archive([
    messageOf(shop, '{"id": 77, "note": "note 7", "line_items": [], "updated_at": 1}'),
  ])
  await answer({ orders: [id(shop, 77)] })
  expect([...messages.texts.values()].at(-1)).not.toContain('"body"')
})

test('an unreadable message does not block the archiving of others', async () => {
  const { archive, said } = await open()
  const nobody = ConnectionId.parse('shopify/nobody')
  await archive([messageOf(nobody, '{"note": "note 8"}'), messageOf(shop, wireOf(9, 'note 9'))])
  expect(await said()).toEqual(['note 1', 'note 2', 'note 2', 'note 3', 'note 4', 'note 9'])
})

test('a message that crashes the reader does not block the archiving of others', async () => {
  const { archive, said } = await open()
  await archive([messageOf(broken, wireOf(8, 'note 8')), messageOf(shop, wireOf(9, 'note 9'))])
  expect(await said()).toEqual(['note 1', 'note 2', 'note 2', 'note 3', 'note 4', 'note 9'])
})

test('a body that is not a request is an error', async () => {
  const { deps } = await open()
  await expect(answerPrivacyRequest('{}', deps)).rejects.toThrow('not a Crossdock message')
})

import { readFileSync } from 'node:fs'
import { effectsOf } from '../../connectors/contract.ts'
import { capabilitiesFor } from '../../connectors/generic-webhook/effects.ts'
import { genericWebhook } from '../../connectors/generic-webhook/index.ts'
import { parseSettings } from '../../lib/settings/settings.ts'
import { lookupUrl, url } from '../support/generic-webhook.ts'

interface Document {
  connections: Record<string, unknown>
  routes: Record<string, unknown>[]
}

/** The demo's settings with an ERP and a warehouse by webhook in its route. */
function withPartners(erp: object = {}, wms: object = {}): Document {
  const demo: Document = JSON.parse(readFileSync('settings/demo.json', 'utf8'))
  const { connections } = demo
  connections['generic-webhook/books'] = { capabilities: ['accounting'], url, ...erp }
  connections['generic-webhook/hall'] = { capabilities: ['fulfilment'], url, ...wms }
  return { ...demo, routes: [{ erp: 'generic-webhook/books', wms: 'generic-webhook/hall' }] }
}

const resolve = (document: Document) => parseSettings(JSON.stringify(document), 'demo')

test('each connection is what it chose to be, and has what that kind may be told', () => {
  const { connections, routes } = resolve(withPartners())
  const named = (id: string) => connections.find((connection) => connection.id === id)
  expect(routes).toEqual([
    expect.objectContaining({ erp: 'generic-webhook/books', wms: 'generic-webhook/hall' }),
  ])
  expect(named('generic-webhook/books')).toMatchObject({
    capabilities: ['accounting'],
    webhooks: true,
    effects: ['create-order', 'amend-order', 'cancel-order', 'post-shipment'],
  })
  expect(named('generic-webhook/hall')).toMatchObject({
    capabilities: ['fulfilment'],
    effects: ['release-order', 'amend-release', 'cancel-release'],
  })
})

test('one that cannot amend is not asked to', () => {
  const { connections } = resolve(withPartners({ amends: false }, { amends: false }))
  expect(
    connections.flatMap(({ connector, effects }) =>
      connector === 'generic-webhook' ? effects : [],
    ),
  ).toEqual(expect.not.arrayContaining(['amend-order', 'amend-release']))
})

test('only the hosts of its addresses can be called', () => {
  const lookup = 'https://query.example.com/{orderId}'
  expect(genericWebhook.hosts({ capabilities: ['accounting'], url })).toEqual([
    'partner.example.com',
  ])
  expect(genericWebhook.hosts({ capabilities: ['accounting'], url, lookupUrl })).toEqual([
    'partner.example.com',
  ])
  expect(genericWebhook.hosts({ capabilities: ['accounting'], url, lookupUrl: lookup })).toEqual([
    'partner.example.com',
    'query.example.com',
  ])
})

test.each([
  ['one that can be asked', { lookupUrl, lookupLagSeconds: 7 }, { by: 'lookup', lagSeconds: 7 }],
  ['one that dedupes', {}, { by: 'key' }],
  ['one that can neither', { isIdempotent: false }, { by: 'none' }],
] as const)('%s is as safe as that', (_, settings, safety) => {
  for (const capability of ['accounting', 'fulfilment'] as const) {
    const effects = effectsOf(capabilitiesFor({ capabilities: [capability], url, ...settings }))
    const creating =
      capability === 'accounting' ? ['create-order', 'post-shipment'] : ['release-order']
    for (const [name, effect] of Object.entries(effects)) {
      // Bringing an order to a state, or ending it, leaves twice what it left once.
      const repeats = safety.by === 'none' && !creating.includes(name)
      expect(effect.safety).toEqual(repeats ? { by: 'key' } : safety)
      expect(effect.look === undefined).toBe(effect.safety.by === 'none')
    }
  }
})

const said = {
  url: 'write an https address without user and password, for example https://erp.example.com/crossdock',
  lookupUrl:
    'write an https address with {orderId} in its path, for example https://erp.example.com/crossdock/orders/{orderId}',
}

test.each([
  ['no capabilities', { capabilities: undefined }, 'capabilities: is missing; write a list'],
  [
    'a channel',
    { capabilities: ['orders'] },
    'capabilities[0]: "orders" is unknown; write one of accounting, fulfilment',
  ],
  ['no address', { url: undefined }, 'url: is missing; write a string'],
  ['http', { url: 'http://erp.example.com' }, `url: ${said.url}`],
  ['a password', { url: 'https://me:pass@erp.example.com/' }, `url: ${said.url}`],
  ['a host without a dot', { url: 'https://localhost/' }, `url: ${said.url}`],
  ['an address in place of a name', { url: 'https://93.184.215.14/' }, `url: ${said.url}`],
  ['its own machine', { url: 'https://127.0.0.0x1/' }, `url: ${said.url}`],
  ['no host', { url: 'https://1.2.3.999/' }, `url: ${said.url}`],
  ['a port that is none', { url: 'https://erp.example.com:99999/' }, `url: ${said.url}`],
  ['a look-up without an order', { lookupUrl: url }, `lookupUrl: ${said.lookupUrl}`],
  [
    'a look-up whose host is the order',
    { lookupUrl: 'https://{orderId}.example.com/' },
    `lookupUrl: ${said.lookupUrl}`,
  ],
  [
    'a misspelt field',
    { idempotent: true },
    'idempotent: unknown field; did you mean "isIdempotent"?',
  ],
  ['a long lag', { lookupLagSeconds: 901 }, 'lookupLagSeconds: write a number of at most 900'],
])('%s is refused in words', (_, change, what) => {
  expect(() => resolve(withPartners({}, change))).toThrow(
    `connections["generic-webhook/hall"].${what}`,
  )
})

test('an ERP is not taken for a warehouse', () => {
  const document = withPartners({ capabilities: ['fulfilment'] })
  expect(() => resolve(document)).toThrow(
    'routes[0].erp: "generic-webhook/books" does not have the capability accounting; write one of',
  )
})

test('a connection that does not say what its system does is an error, not a guess', () => {
  expect(genericWebhook.settings.safeParse({ url }).success).toBe(false)
  expect(genericWebhook.settings.safeParse({ url, capabilities: [] }).success).toBe(false)
})

test('one system may keep the books and send the goods', () => {
  const both = { capabilities: ['fulfilment', 'accounting'] }
  const { connections } = resolve(withPartners(both))
  const books = connections.find(({ id }) => id === 'generic-webhook/books')
  expect(books?.capabilities).toEqual(['accounting', 'fulfilment'])
  expect(books?.effects).toEqual(expect.arrayContaining(['create-order', 'release-order']))
})

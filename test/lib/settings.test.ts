import { readFileSync } from 'node:fs'
import { connectors } from '../../connectors/index.ts'
import { shopify } from '../../connectors/shopify/index.ts'
import { parseSettings, readSettings } from '../../lib/settings/settings.ts'
import { settingsSchema } from '../../lib/settings/settings-schema.ts'

const demo: Document = JSON.parse(readFileSync('settings/demo.json', 'utf8'))

interface Document {
  environment: string
  connections: Record<string, Record<string, unknown>>
  routes: Record<string, unknown>[]
  [field: string]: unknown
}

test.each(['demo', 'example'])('%s is resolved', (environment) => {
  const { bundles: _, ...resolved } = readSettings(environment)
  expect(resolved).toMatchSnapshot()
})

test('the JSON Schema for editors is current (node bin/settings-schema.ts writes it)', () => {
  const written = JSON.parse(readFileSync('settings/settings.schema.json', 'utf8'))
  expect(written).toEqual(JSON.parse(JSON.stringify(settingsSchema())))
})

test('a connection gets what it did not ask for: secret, hosts, concurrency, sweep', () => {
  const [shopify, netsuite] = readSettings('demo').connections
  expect(shopify).toMatchObject({
    capabilities: ['orders', 'listings'],
    secret: 'crossdock/demo/shopify/demo-store',
    hosts: ['demo-store.myshopify.com'],
    sweep: { everyMinutes: 1, overlapMinutes: 5, lagSeconds: 5 },
    testOrders: 'hold',
  })
  expect(netsuite).not.toHaveProperty('sweep')
})

/** What is changed in the demo's settings, and what is said about it. */
const wrong: [string, (document: Document) => void, string][] = [
  [
    'a route to an ERP that is no connection',
    ({ routes: [route = {}] }) => {
      route['erp'] = 'netsuite/other'
    },
    'routes[0].erp: "netsuite/other" is not a connection; write one of netsuite/demo-erp',
  ],
  [
    'a route to a warehouse where an ERP is needed',
    ({ routes: [route = {}] }) => {
      route['erp'] = 'shipbob/demo-wms'
    },
    'routes[0].erp: "shipbob/demo-wms" does not have the capability accounting; write one of netsuite/demo-erp',
  ],
  [
    'a route for a channel that is no connection',
    ({ routes: [route = {}] }) => {
      route['when'] = { channel: 'shopify/other' }
    },
    'routes[0].when.channel: "shopify/other" is not a connection; write one of shopify/demo-store',
  ],
  [
    'a connector that does not exist',
    ({ connections }) => {
      connections['magento/main'] = {}
    },
    `connections["magento/main"]: there is no connector "magento"; write one of ${connectors.map(({ id }) => id).join(', ')}`,
  ],
  [
    'a connection without a name',
    ({ connections }) => {
      connections['shopify'] = { shop: 'demo-store.myshopify.com' }
    },
    'connections.shopify: write it as <connector>/<name>, for example shopify/main-store',
  ],
  [
    'a misspelt field of a connector',
    at('shopify/demo-store', 'shpo', 'x'),
    'connections["shopify/demo-store"].shpo: unknown field; did you mean "shop"?',
  ],
  [
    'no place whose stock is set, where stock is published',
    at('shopify/demo-store', 'location', undefined),
    'connections["shopify/demo-store"].location: write the digits of the location whose stock Crossdock sets',
  ],
  [
    'a field that no connector has',
    at('shopify/demo-store', 'colour', 'red'),
    'connections["shopify/demo-store"].colour: unknown field; remove it, or write one of shop, apiVersion, location, notifyCustomer, refundCancelled, restockCancelled, secret, sweep, testOrders, unpaidOrders, timeoutSeconds, maxConcurrency, network, subnets, securityGroups, crossReferences, peopleDays, sells, expectedOrderIntervalMinutes',
  ],
  [
    'days for people where no channel is',
    at('shipbob/demo-wms', 'peopleDays', 30),
    'connections["shipbob/demo-wms"].peopleDays: ShipBob does not sell; remove it',
  ],
  [
    'a connector field that is missing',
    at('shopify/demo-store', 'shop', undefined),
    'connections["shopify/demo-store"].shop: is missing; write a string',
  ],
  [
    'a connector field of the wrong type',
    at('shipbob/demo-wms', 'channelId', '100001'),
    'connections["shipbob/demo-wms"].channelId: "100001" is a string; write a number without quotes',
  ],
  [
    'a connector field in the wrong form',
    at('shopify/demo-store', 'shop', 'https://demo-store.com'),
    'connections["shopify/demo-store"].shop: write the shop\'s own domain, for example main-store.myshopify.com',
  ],
  [
    'a choice that does not exist',
    at('shopify/demo-store', 'testOrders', 'ignore'),
    'connections["shopify/demo-store"].testOrders: "ignore" is unknown; write one of hold, accept',
  ],
  [
    'a concurrency that no event source takes',
    at('netsuite/demo-erp', 'maxConcurrency', 1),
    'connections["netsuite/demo-erp"].maxConcurrency: write a number of at least 2',
  ],
  [
    'the ARN of no secret',
    at('shopify/demo-store', 'secret', 'arn:aws:secretsmanager:eu-west-1:1:secret:a-b'),
    'connections["shopify/demo-store"].secret: write the name of the secret, or its whole ARN with the six characters at its end; never its value',
  ],
  [
    'a network of another kind',
    at('netsuite/demo-erp', 'network', 'office'),
    'connections["netsuite/demo-erp"].network: "office" is unknown; write one of vpc',
  ],
  [
    'a network without subnets',
    at('netsuite/demo-erp', 'network', 'vpc'),
    'connections["netsuite/demo-erp"].subnets: is missing; write a list of ids in [ ]',
  ],
  [
    'subnets without a network',
    at('netsuite/demo-erp', 'subnets', ['subnet-0a1b2c3d']),
    'connections["netsuite/demo-erp"].subnets: is for a connection with "network": "vpc"; add that, or remove this',
  ],
  [
    'a security group in place of a subnet',
    at('netsuite/demo-erp', 'subnets', ['sg-0a1b2c3d']),
    'connections["netsuite/demo-erp"].subnets[0]: write the id of a subnet, for example subnet-0a1b2c3d4e5f60718',
  ],
  [
    'a channel in a network',
    at('shopify/demo-store', 'network', 'vpc'),
    'connections["shopify/demo-store"].network: orders of Shopify are fetched from the internet only; remove it',
  ],
  [
    'a sweep where nothing can be swept',
    at('netsuite/demo-erp', 'sweep', {}),
    'connections["netsuite/demo-erp"].sweep: NetSuite cannot be polled; remove it',
  ],
  [
    'a misspelt field of the frame',
    (document) => {
      document['alarmMail'] = 'a@example.com'
    },
    'alarmMail: unknown field; did you mean "alarmEmail"?',
  ],
  [
    'a misspelt field below the frame',
    (document) => {
      document['stages'] = { shiped: 1 }
    },
    'stages.shiped: unknown field; did you mean "shipped"?',
  ],
  [
    'a number that is too small',
    (document) => {
      document['stages'] = { shipped: 0 }
    },
    'stages.shipped: write a number above 0',
  ],
  [
    'a number of days that CloudWatch does not know',
    (document) => {
      document['keep'] = { logDays: 31 }
    },
    'keep.logDays: 31 is unknown; write one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653',
  ],
  [
    'an authorizer that does not exist',
    (document) => {
      document['api'] = { authorizer: 'none' }
    },
    'api.authorizer: write "iam", or "jwt" with an issuer and an audience',
  ],
  [
    'tokens of nobody',
    (document) => {
      document['api'] = { authorizer: 'jwt', audience: ['crossdock'] }
    },
    'api.issuer: is missing; write a string',
  ],
  [
    'tokens that a listener could read',
    (document) => {
      document['api'] = { authorizer: 'jwt', issuer: 'http://sso.example.com', audience: ['x'] }
    },
    'api.issuer: write the https address of the token issuer',
  ],
  [
    'a misspelt field of the authorizer',
    (document) => {
      document['api'] = { authorizer: 'iam', isuer: 'https://sso.example.com' }
    },
    'api.isuer: unknown field',
  ],
  [
    'no route',
    (document) => {
      document.routes = []
    },
    'routes: write a list of at least 1',
  ],
  [
    'a location whose code its warehouse cannot have',
    located({ code: 'Berlin', count: {} }),
    'stock.locations.berlin.code: "Berlin" is no id of a fulfilment centre; write its number',
  ],
  [
    'counts that come less often than Scheduler retries and an alarm can wait for',
    located({ count: { everyMinutes: 10_080 } }),
    'stock.locations.berlin.count.everyMinutes: write a number of at most 1440',
  ],
  [
    'comparisons that come as seldom',
    at('shopify/demo-store', 'sells', { compareMinutes: 10_080 }),
    'connections["shopify/demo-store"].sells.compareMinutes: write a number of at most 1440',
  ],
  [
    'a place that the ERP that counts it cannot tell apart',
    located({ count: { from: 'netsuite/demo-erp', code: 'main' } }),
    'stock.locations.berlin.count.code: "main" is no internal id of a location; write its number',
  ],
  [
    'the name that people give a country',
    ({ routes: [route = {}] }) => {
      route['when'] = { shipToCountry: ['UK'] }
    },
    'routes[0].when.shipToCountry[0]: write ISO 3166-1 alpha-2, for example DE or GB',
  ],
  [
    'a currency in small letters',
    ({ routes: [route = {}] }) => {
      route['when'] = { currency: ['usd'] }
    },
    'routes[0].when.currency[0]: write ISO 4217, for example EUR',
  ],
  [
    'a tag that AWS keeps for itself',
    (document) => {
      document['tags'] = { 'aws:owner': 'us' }
    },
    'tags["aws:owner"]: write at most 128 letters, digits, spaces and _.:/=+@-, not beginning with aws:',
  ],
  [
    'a permissions boundary that is only named',
    (document) => {
      document['permissionsBoundary'] = 'boundary'
    },
    'permissionsBoundary: write the ARN of a policy, for example arn:aws:iam::111122223333:policy/boundary',
  ],
  [
    'a region that is none',
    (document) => {
      document['region'] = 'europe'
    },
    'region: write an AWS region, for example eu-central-1',
  ],
  [
    'an address without a host',
    (document) => {
      document['alarmEmail'] = 'alarms'
    },
    'alarmEmail: write an e-mail address, for example alarms@example.com',
  ],
  [
    'a day in place of an instant',
    at('shopify/demo-store', 'sweep', { since: '2026-11-21' }),
    'connections["shopify/demo-store"].sweep.since: write an instant in UTC, for example 2026-11-21T00:00:00Z',
  ],
  [
    'a route behind one that takes every order',
    ({ routes }) => {
      routes.push({ ...routes[0], when: { currency: ['EUR'] } })
    },
    'routes[1]: no order reaches this rule, because routes[0] matches every order; move it up, or remove it',
  ],
  [
    'a second connection to a shop',
    ({ connections }) => {
      connections['shopify/again'] = { ...connections['shopify/demo-store'] }
    },
    'connections["shopify/again"].shop: shopify/demo-store uses the same account, so every order would be imported twice; remove one of the two',
  ],
  [
    'a second connection to a shop of a marketplace',
    ({ connections }) => {
      const shop = { host: 'example.mirakl.net', shopId: 7, taxMode: 'TAX_INCLUDED' }
      connections['mirakl/one'] = shop
      connections['mirakl/two'] = shop
    },
    'connections["mirakl/two"].shopId: mirakl/one uses the same account',
  ],
  [
    'a second connection of one name on AWS',
    ({ connections }) => {
      connections['shopify/de-1'] = { shop: 'one.myshopify.com', location: '70000000001' }
      connections['shopify/de1'] = { shop: 'two.myshopify.com', location: '70000000002' }
    },
    'connections["shopify/de1"]: would be named ShopifyDe1 on AWS, like shopify/de-1; rename one of the two',
  ],
  [
    'more connections than an environment has',
    ({ connections }) => {
      for (let i = 0; i < 100; i++) connections[`order-api/till-${i}x`] = {}
    },
    'connections: there are 105 connections, but an environment can have at most 100; split them',
  ],
  [
    'the name of another environment',
    (document) => {
      document.environment = 'production'
    },
    'environment: "production" is not the name of this file; write "demo"',
  ],
]

/** A location of the demo's warehouse. */
function located(change: object) {
  return (document: Document): void => {
    const berlin = { warehouse: 'shipbob/demo-wms', code: '8', ...change }
    document['stock'] = { locations: { berlin } }
  }
}

test("a system that cannot report counts is rejected in a location's count", () => {
  const document = structuredClone(demo)
  const url = 'https://hall.example.com/crossdock'
  document.connections['generic-webhook/hall'] = { capabilities: ['fulfilment'], url }
  document['stock'] = {
    locations: { hall: { warehouse: 'generic-webhook/hall', code: 'A', count: {} } },
  }
  expect(messageOf(JSON.stringify(document))).toMatch(
    /^settings\/demo\.json: stock\.locations\.hall\.count: A system by webhook cannot report counts; remove `count`/,
  )
})

test('a byte order mark before the settings is skipped', () => {
  const text = JSON.stringify(demo)
  expect(parseSettings(`\uFEFF${text}`, 'demo')).toEqual(parseSettings(text, 'demo'))
})

test.each(wrong)('%s is refused in words', (_, change, said) => {
  const document = structuredClone(demo)
  change(document)
  expect(() => parseSettings(JSON.stringify(document), 'demo')).toThrow(
    `settings/demo.json: ${said}`,
  )
})

test('two shops of a marketplace are two accounts, and so are two whose keys tell them apart', () => {
  const document = structuredClone(demo)
  const shop = { host: 'example.mirakl.net', taxMode: 'TAX_INCLUDED' }
  document.connections['mirakl/one'] = { ...shop, shopId: 1 }
  document.connections['mirakl/two'] = { ...shop, shopId: 2 }
  document.connections['mirakl/three'] = shop
  document.connections['mirakl/four'] = shop
  expect(messageOf(JSON.stringify(document))).toBe('')
})

test('a connection with a wrong field is not called missing where it is named', () => {
  const document = structuredClone(demo)
  at('netsuite/demo-erp', 'subsidiary', 1)(document)
  at('shipbob/demo-wms', 'channelId', 'x')(document)
  const said = messageOf(JSON.stringify(document)).split('\n')
  expect(said).toEqual([
    expect.stringContaining('connections["netsuite/demo-erp"].subsidiary: '),
    expect.stringContaining('connections["shipbob/demo-wms"].channelId: '),
  ])
})

test('a file that holds something else is refused without a path', () => {
  expect(messageOf('[]')).toBe('settings/demo.json: [] is a list; write an object in { }')
})

test('all faults are reported at once', () => {
  const document = structuredClone(demo)
  document['alarmMail'] = ''
  at('shopify/demo-store', 'shpo', '')(document)
  at('netsuite/demo-erp', 'subsidiary', 1)(document)
  expect(messageOf(JSON.stringify(document)).split('\n')).toHaveLength(3)
})

test.each([
  ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
  ['shpss_8f3b2c1d'],
  ['-----BEGIN PRIVATE KEY-----\nMIIE'],
  ['aGVsbG8gd29ybGQgMTIzNDU2Nzg5MCBBQkNERUY='],
])('a secret in place of its name is refused and not repeated', (secret) => {
  const document = structuredClone(demo)
  at('shopify/demo-store', 'secret', secret)(document)
  const message = messageOf(JSON.stringify(document))
  expect(message).toContain('connections["shopify/demo-store"].secret: looks like a secret')
  expect(message).toContain('crossdock/demo/shopify/demo-store')
  expect(message).not.toContain(secret)
})

test.each([
  ['{\n  "environment": "demo",\n}', 'line 3, column 1: remove the comma before }'],
  ['{\n  "environment" "demo"\n}', 'line 2, column 17: expected a colon'],
  ['{\n  "a": 1\n  "b": 2\n}', 'line 3, column 3: expected a comma or }'],
  ['{ "a": tru }', 'line 1, column 8: expected a value'],
  ['{ "a": [1, 2', 'line 1, column 13: expected a comma or ]'],
  ['{} {}', 'line 1, column 4: expected the end of the file'],
  ["{ 'a': 1 }", 'line 1, column 3: expected a name in double quotes'],
  ['{ "a": 1,\n  "a": 2 }', 'line 2, column 3: duplicate name "a"; remove one'],
])('text that is not JSON is refused with its place: %j', (text, said) => {
  expect(messageOf(text)).toBe(`settings/demo.json: ${said}`)
})

test('personal data is kept for as long as channel, connection and environment all allow, messages no longer', () => {
  const strict = { ...shopify, orders: { ...shopify.orders, peopleDays: 30 } }
  const all = connectors.map((connector) => (connector === shopify ? strict : connector))
  const days = (change: (document: Document) => void) => {
    const document = structuredClone(demo)
    change(document)
    const { connections } = parseSettings(JSON.stringify(document), 'demo', all)
    return Object.fromEntries(connections.map((each) => [each.id, [each.peopleDays, each.rawDays]]))
  }
  const demanded = days(() => {})
  expect(demanded).toMatchObject({
    'shopify/demo-store': [30, 30],
    'order-api/point-of-sale': [90, 90],
    // A warehouse's messages may speak of anybody's orders.
    'shipbob/demo-wms': [30, 30],
  })
  expect(days(at('shopify/demo-store', 'peopleDays', 60))).toEqual(demanded)
  expect(days(at('shopify/demo-store', 'peopleDays', 7))).toMatchObject({
    'shopify/demo-store': [7, 7],
  })
  const short = days((document) =>
    Object.assign(document, { keep: { rawDays: 3, peopleDays: 20 } }),
  )
  expect(short).toMatchObject({ 'shopify/demo-store': [20, 3], 'order-api/point-of-sale': [20, 3] })
})

test('a file that is not there is refused with those that are', () => {
  expect(() => readSettings('production')).toThrow(
    'settings/production.json does not exist; create it, or choose demo, example, simulation',
  )
})

function at(connection: string, field: string, value: unknown) {
  return ({ connections }: Document): void => {
    connections[connection] = { ...connections[connection], [field]: value }
  }
}

function messageOf(text: string): string {
  try {
    parseSettings(text, 'demo')
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
  return ''
}

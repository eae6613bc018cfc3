import { readFileSync } from 'node:fs'
import type { Account } from '../../domain/account.ts'
import { halt, retry } from '../../domain/failure.ts'
import { ok } from '../../domain/result.ts'
import { parseSettings, readSettings } from '../../lib/settings/settings.ts'
import { diagnose, type Facts } from '../../local/doctor/diagnose.ts'
import { probe } from '../../local/doctor/gather.ts'

const demo = JSON.parse(readFileSync('settings/demo.json', 'utf8'))
const { 'generic-webhook/demo-partner': partner, ...connections } = demo.connections
const right = { ...demo, alarmEmail: 'alarms@example.com', connections }
const facts = (settings: object = right, found: Partial<Facts> = {}): Facts => ({
  settings: parseSettings(JSON.stringify(settings), 'demo'),
  secretFaults: {},
  refusals: {},
  concurrency: 1000,
  isEmailConfirmed: true,
  ...found,
})

test('a correct environment has no findings', () => {
  expect(diagnose(facts())).toEqual([])
})

const wms = 'shipbob/demo-wms'
test.each<[string, Facts, string, string]>([
  [
    'a missing secret',
    facts(right, { secretFaults: { [wms]: 'does not exist' }, refusals: { [wms]: halt('no') } }),
    `${wms}: the secret crossdock/demo/${wms} does not exist`,
    'create-secret',
  ],
  [
    'refused credentials',
    facts(right, { refusals: { [wms]: halt('401') } }),
    `${wms}: the system rejects our credentials: 401`,
    'connectors/shipbob/README.md',
  ],
  [
    'a system that is down',
    facts(right, { refusals: { [wms]: retry('503') } }),
    `${wms}: the system did not answer: 503`,
    'Run the doctor again',
  ],
  ['a new account', facts(right, { concurrency: 10 }), 'at most 10 functions', 'Request 1000'],
  [
    'an e-mail that is not confirmed',
    facts(right, { isEmailConfirmed: false }),
    'alarms@example.com does not receive alarms',
    'Follow the link',
  ],
  [
    'no e-mail',
    facts({ ...right, alarmEmail: undefined }),
    'No one receives alarms',
    'Set alarmEmail',
  ],
  [
    'a connection that nothing uses',
    facts({ ...right, connections: { ...connections, 'generic-webhook/demo-partner': partner } }),
    'generic-webhook/demo-partner: no route or location uses it',
    'remove the connection',
  ],
  [
    'a warehouse without a location',
    facts({ ...right, stock: { locations: {} } }),
    `${wms}: it ships orders, but no location`,
    `"warehouse": "${wms}"`,
  ],
  [
    'routes without a last one',
    facts({
      ...right,
      routes: right.routes.map((route: object) => ({ ...route, when: { currency: ['USD'] } })),
    }),
    'No route matches every order',
    'Add a last route',
  ],
])('%s is found with its remedy, and nothing else', (_, given, what, remedy) => {
  expect(diagnose(given)).toEqual([
    { what: expect.stringContaining(what), remedy: expect.stringContaining(remedy) },
  ])
})

const asked = ['demo', 'example']
  .flatMap((environment) => readSettings(environment).connections)
  .filter(({ connector }) => !['order-api', 'generic-webhook'].includes(connector))

test.each([...new Map(asked.map((one) => [one.connector, one])).entries()])(
  'a secret of another shape is refused before %s is asked',
  async (_, connection) => {
    const account: Account = {
      connection: connection.id,
      settings: connection.own,
      secret: async () => ({ webhookSecrets: ['whsec_'] }),
      send: () => Promise.reject(new Error('the system was asked')),
      tokens: {
        get: async (mint) => {
          const minted = await mint()
          return minted.ok ? ok(minted.value.token) : minted
        },
        drop: async () => {},
      },
      now: () => new Date(),
    }
    expect(await probe(account, connection)).toMatchObject({ next: 'halt' })
  },
)

import { readFileSync } from 'node:fs'
import { Template } from 'aws-cdk-lib/assertions'
import {
  type DeployedStack,
  deployedStack,
  refusedUpdates,
} from '../../local/cloud/export-changes.ts'
import { inNetwork } from '../support/connections.ts'
import { deploymentFrom, stacksOf } from '../support/synthesized.ts'

// biome-ignore lint/suspicious/noExplicitAny: a test reaches into the settings' JSON wherever it likes.
type Json = any

const written = (environment: string): Json =>
  JSON.parse(readFileSync(`settings/${environment}.json`, 'utf8'))

const deployed = (settings: Json): DeployedStack[] =>
  stacksOf(deploymentFrom(settings)).map((stack) =>
    deployedStack({ name: stack.stackName, template: Template.fromStack(stack).toJSON() }),
  )

const base = deployed(written('example'))

/** Each is a way from the example to other settings; the way back is tried as well. */
const changes: Record<string, (settings: Json) => void> = {
  'nobody gets alarms by e-mail': (settings) => delete settings.alarmEmail,
  'no stock is counted': (settings) => {
    delete settings.stock
    for (const connection of Object.values<Json>(settings.connections)) delete connection.sells
  },
  'nothing counts by schedule': (settings) => {
    for (const location of Object.values<Json>(settings.stock.locations)) delete location.count
  },
  'a channel sells without publishing': (settings) => {
    settings.connections['shopify/outlet'].sells = { publish: false }
  },
  'the account and the region are those of the credentials': (settings) => {
    delete settings.account
    delete settings.region
  },
  'nothing is retained': (settings) => {
    settings.retain = false
  },
  'restored tables are in service': (settings) => {
    const label = '2026-12-01T12:00:00.000'
    settings.restored = {
      suffix: '20261201',
      streams: { Ledger: label, Stock: label },
      before: '2026-12-01T12:00:00Z',
    }
  },
  'roles have a boundary, and everything has tags': (settings) => {
    settings.permissionsBoundary = 'arn:aws:iam::111122223333:policy/boundary'
    settings.tags = { 'cost-centre': '4711' }
  },
  'a secret is named by its ARN': (settings) => {
    settings.connections['shopify/outlet'].secret =
      'arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop-AbCdEf'
  },
  'tokens are accepted instead of principals of AWS': (settings) => {
    settings.api = {
      authorizer: 'jwt',
      issuer: 'https://login.example.com',
      audience: ['crossdock'],
    }
  },
  'a shop is added': (settings) => {
    settings.connections['shopify/second'] = {
      shop: 'example-second.myshopify.com',
      location: '70000000003',
    }
  },
  'a channel is removed': (settings) => delete settings.connections['mirakl/marketplace'],
  'the channel that submits orders is removed': (settings) =>
    delete settings.connections['order-api/stores'],
  'a channel is renamed': (settings) => {
    const { 'shopify/outlet': outlet, ...others } = settings.connections
    settings.connections = { ...others, 'shopify/bargains': outlet }
  },
  'a system is reached in a network of ours': (settings) => {
    Object.assign(settings.connections['generic-webhook/alpine-hall'], inNetwork)
  },
  'a channel is polled less often': (settings) => {
    settings.connections['mirakl/marketplace'].sweep = { everyMinutes: 60 }
  },
}

describe.each(Object.entries(changes))('%s', (_, change) => {
  const settings = written('example')
  change(settings)
  const changed = deployed(settings)

  test('can be deployed', () => {
    expect(refusedUpdates(base, changed)).toEqual([])
  })

  test('can be taken back', () => {
    expect(refusedUpdates(changed, base)).toEqual([])
  })
})

test('the smallest environment grows into the largest, and shrinks again', () => {
  const { stock: _, ...smallest } = written('demo')
  const largest = written('example')
  const small = deployed({
    ...smallest,
    connections: {
      'order-api/point-of-sale': {},
      'netsuite/demo-erp': smallest.connections['netsuite/demo-erp'],
      'shipbob/demo-wms': smallest.connections['shipbob/demo-wms'],
    },
    environment: 'example',
  })
  const { $schema: __, ...rest } = largest
  const large = deployed(rest)
  expect(small.length).toBeLessThan(large.length)
  expect(refusedUpdates(small, large)).toEqual([])
  expect(refusedUpdates(large, small)).toEqual([])
})

describe("CloudFormation's rule", () => {
  const state = (exports: Record<string, string>): DeployedStack => ({
    name: 'State',
    exports,
    imports: [],
    tables: [],
  })
  const core = (...imports: string[]): DeployedStack => ({
    name: 'Core',
    exports: {},
    imports,
    tables: [],
  })

  test('refuses to delete an export that is in use, also where its user would have stopped', () => {
    expect(refusedUpdates([state({ topic: 'a' }), core('topic')], [core(), state({})])).toEqual([])
    expect(
      refusedUpdates(
        [state({ topic: 'a', table: 'b' }), core('topic', 'table')],
        [core('table'), state({ table: 'b' })],
      ),
    ).toEqual(['State: export topic cannot be deleted, Core imports it'])
  })

  test('refuses to change an export that is in use', () => {
    expect(
      refusedUpdates(
        [state({ topic: 'a' }), core('topic')],
        [core('topic'), state({ topic: 'b' })],
      ),
    ).toEqual(['State: export topic cannot be changed, Core imports it'])
  })

  test('refuses an import that nothing exports', () => {
    expect(refusedUpdates([], [state({}), core('topic')])).toEqual([
      'Core: there is no export topic',
    ])
  })

  test('leaves a stack deployed that is no longer synthesized, and what it imports', () => {
    expect(refusedUpdates([state({ topic: 'a' }), core('topic')], [state({})])).toEqual([
      'State: export topic cannot be deleted, Core imports it',
    ])
  })
})

import { readFileSync } from 'node:fs'
import { Template } from 'aws-cdk-lib/assertions'
import { beyondQuotas, quotas } from '../../lib/quotas.ts'
import { breaches, type Template as Plain } from '../../lib/rules.ts'
import { deploymentFrom, stacksOf } from '../support/synthesized.ts'

const example = JSON.parse(readFileSync('settings/example.json', 'utf8'))

/** Connections of every kind that the example has, a hundred in all, with stock at forty locations. */
function hundred(): typeof example {
  const connections: Record<string, object> = { ...example.connections }
  const locations: Record<string, object> = { ...example.stock.locations }
  const like = (id: string) => example.connections[id]
  const [warehouse = ''] = Object.keys(connections).filter((id) => id.startsWith('shipbob/'))
  const [erp = ''] = Object.keys(connections).filter((id) => id.startsWith('netsuite/'))
  for (let i = 0; Object.keys(connections).length < 100; i++) {
    const number = String(i).padStart(3, '0')
    const [id, connection] = [
      [
        `shopify/brand-in-country-${number}`,
        { shop: `example-${number}.myshopify.com`, location: '70000000001' },
      ],
      [
        `mirakl/marketplace-${number}`,
        { host: `example-${number}.mirakl.net`, taxMode: 'TAX_INCLUDED', shopId: i },
      ],
      [`order-api/point-of-sale-${number}`, {}],
      [`netsuite/subsidiary-${number}`, like(erp)],
      [`shipbob/fulfilment-centre-${number}`, like(warehouse)],
    ][i % 5] as [string, object]
    connections[id] = connection
    if (!id.startsWith('shipbob/')) continue
    locations[`centre-${number}`] = { warehouse: id, code: String(i), count: {} }
  }
  return { ...example, connections, stock: { ...example.stock, locations } }
}

const templates = new Map<string, Plain>(
  stacksOf(deploymentFrom(hundred())).map((stack) => [
    stack.node.id,
    Template.fromStack(stack).toJSON() as Plain,
  ]),
)

test('a hundred connections stay within what AWS allows, each in its own stack', () => {
  expect(beyondQuotas(templates)).toEqual([])
  expect(templates.size).toBe(104)
  const used = quotas.map(({ name, most, used }) => `${used(templates).count} of ${most} ${name}`)
  expect(used.join('\n')).toMatchSnapshot()
})

test('a hundred connections break none of our rules', () => {
  expect([...templates.values()].flatMap(breaches)).toEqual([])
})

const queue = { Type: 'AWS::SQS::Queue' }
const many = (count: number, resource: { Type: string }) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`R${i}`, resource]))

test.each<[string, Plain]>([
  ['resources', { Resources: many(501, queue) }],
  ['outputs', { Resources: {}, Outputs: many(201, queue) }],
  ['rules', { Resources: many(301, { Type: 'AWS::Events::Rule' }) }],
  ['roles', { Resources: many(1001, { Type: 'AWS::IAM::Role' }) }],
  ['alarms', { Resources: many(5001, { Type: 'AWS::CloudWatch::Alarm' }) }],
  [
    'environment',
    {
      Resources: {
        F: {
          Type: 'AWS::Lambda::Function',
          Properties: {
            Environment: { Variables: { LANES: { Ref: 'Queue' }, MORE: 'x'.repeat(4000) } },
          },
        },
      },
    },
  ],
  [
    'policies',
    {
      Resources: {
        P: {
          Type: 'AWS::IAM::Policy',
          Properties: {
            PolicyDocument: {
              Statement: Array.from({ length: 120 }, () => ({ 'Fn::GetAtt': ['A', 'Arn'] })),
            },
          },
        },
      },
    },
  ],
])('too many %s are found', (what, template) => {
  expect(beyondQuotas(new Map([['Planted', template]])).join()).toContain(what)
})

import { readFileSync } from 'node:fs'
import { Template } from 'aws-cdk-lib/assertions'
import { deploymentFrom, stacksIn, stacksOf, synthesized } from '../support/synthesized.ts'

const stacks = synthesized('demo')
const stackOf = stacksIn('demo')
const demo = JSON.parse(readFileSync('settings/demo.json', 'utf8'))

/** The templates of some settings, as text. */
const templatesOf = (settings: typeof demo): ReadonlyMap<string, string> =>
  new Map(
    stacksOf(deploymentFrom(settings)).map((stack) => [
      stack.stackName,
      JSON.stringify(Template.fromStack(stack).toJSON()),
    ]),
  )

test.each([...stacks.keys()])('the %s stack has these resources', (name) => {
  const resources = Object.entries<Resource>(stacks.get(name)?.toJSON()['Resources'] ?? {})
  const inventory = resources.map(([id, { Type }]) => `${Type} ${id.replace(/[0-9A-F]{8}$/, '')}`)
  expect(inventory.toSorted().join('\n')).toMatchSnapshot()
})

interface Resource {
  readonly Type: string
}

test('an environment has a stack for each connection, and four for what they share', () => {
  expect([...stacks.keys()]).toEqual([
    'State',
    'Core',
    'Connection-ShopifyDemoStore',
    'Connection-NetsuiteDemoErp',
    'Connection-ShipbobDemoWms',
    'Connection-GenericWebhookDemoPartner',
    'Connection-OrderApiPointOfSale',
    'Api',
    'Monitoring',
  ])
})

test('a channel without effects has no lane', () => {
  stackOf('Connection-ShopifyDemoStore').resourceCountIs('AWS::Events::Rule', 1)
  stackOf('Connection-OrderApiPointOfSale').resourceCountIs('AWS::SQS::Queue', 0)
})

test('nothing is asked of SSM, and nothing is made by a custom resource', () => {
  const text = JSON.stringify([...stacks.values()].map((template) => template.toJSON()))
  expect(text).not.toMatch(/AWS::SSM|Custom::|AWS::CDK::Metadata/)
})

test('a second shop changes only its own stack', () => {
  const shop = { shop: 'example-second.myshopify.com', location: '70000000003' }
  const before = templatesOf(demo)
  const after = templatesOf({
    ...demo,
    connections: { ...demo.connections, 'shopify/second': shop },
  })
  expect(after.size).toBe(before.size + 1)
  for (const [name, template] of before) expect([name, after.get(name)]).toEqual([name, template])
})

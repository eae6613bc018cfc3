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

describe('what an account asks of every stack', () => {
  const boundary = 'arn:aws:iam::111122223333:policy/boundary'
  const secret = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop-AbCdEf'
  const settings = structuredClone(demo)
  settings.connections['shopify/demo-store'].secret = secret
  const tagged = { ...settings, permissionsBoundary: boundary, tags: { team: 'commerce' } }
  const templates = stacksOf(deploymentFrom(tagged)).map((stack) => Template.fromStack(stack))

  test('every role has the permissions boundary', () => {
    const all = templates.flatMap((each) => Object.values(each.findResources('AWS::IAM::Role')))
    expect(all.length).toBeGreaterThan(10)
    for (const { Properties } of all) expect(Properties.PermissionsBoundary).toBe(boundary)
  })

  test('tables, queues, functions and buckets have the tags', () => {
    const types = ['SQS::Queue', 'Lambda::Function', 'S3::Bucket', 'DynamoDB::GlobalTable']
    for (const type of types) {
      const all = templates.flatMap((each) => Object.values(each.findResources(`AWS::${type}`)))
      expect(all.length).toBeGreaterThan(0)
      for (const one of all) expect(JSON.stringify(one)).toContain('"Value":"commerce"')
    }
  })

  test('a secret by ARN is granted as it is', () => {
    const policies = templates.map((each) => JSON.stringify(each.findResources('AWS::IAM::Policy')))
    expect(policies.filter((each) => each.includes(secret)).length).toBeGreaterThan(1)
    expect(policies.join()).not.toContain(`${secret}-`)
  })
})

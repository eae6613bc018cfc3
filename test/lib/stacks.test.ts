import { synthesized } from '../support/synthesized.ts'

const stacks = synthesized('demo')

test.each([...stacks.keys()])('the %s stack has these resources', (name) => {
  const resources = Object.entries<Resource>(stacks.get(name)?.toJSON()['Resources'] ?? {})
  const inventory = resources.map(([id, { Type }]) => `${Type} ${id.replace(/[0-9A-F]{8}$/, '')}`)
  expect(inventory.toSorted().join('\n')).toMatchSnapshot()
})

interface Resource {
  readonly Type: string
}

test('an environment has its stacks, one for stock where any is counted', () => {
  expect([...stacks.keys()]).toEqual([
    'State',
    'Watching',
    'Intake',
    'Delivery',
    'Feedback',
    'Stock',
    'Api',
  ])
})

test('a channel that can be told nothing has no lane', () => {
  const workers = Object.keys(stacks.get('Feedback')?.findResources('AWS::SQS::Queue') ?? {})
  expect(workers.join()).toMatch(/ShopifyDemoStore/)
  expect(workers.join()).not.toMatch(/DirectPointOfSale/)
})

test('nothing is asked of SSM, and nothing is made by a custom resource', () => {
  const text = JSON.stringify([...stacks.values()].map((template) => template.toJSON()))
  expect(text).not.toMatch(/AWS::SSM|Custom::|AWS::CDK::Metadata/)
})

test('a connection brings its own lane, rule and worker', () => {
  const [demo, example] = [stacks, synthesized('example')].map((each) => each.get('Delivery'))
  demo?.resourceCountIs('AWS::Events::Rule', 3)
  example?.resourceCountIs('AWS::Events::Rule', 5)
  example?.resourceCountIs('AWS::Lambda::Function', 6)
})

import { type App, CfnResource, Stack } from 'aws-cdk-lib'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag'
import { guard } from '../../lib/guard.ts'
import { Environment } from '../../lib/settings/environment.ts'
import { deploymentOf, quickApp } from '../support/synthesized.ts'

test('cdk-nag finds nothing in the example, alarm topic included, that has no reason', () => {
  const app = quickApp()
  new Environment(app, deploymentOf('example'))
  const found = [new AwsSolutionsChecks(app), new ServerlessChecks(app)].flatMap(
    (pack) => pack.validateScope(app).violations,
  )
  expect(found).toEqual([])
})

test('the demo is synthesized', () => {
  const app = guarded()
  new Environment(app, deploymentOf('demo'))
  expect(() => app.synth()).not.toThrow()
})

test("nothing is synthesized where one of cdk-nag's rules is broken", () => {
  const app = guarded()
  new Queue(new Stack(app, 'Stack'), 'WithoutTls')
  expect(() => app.synth()).toThrow('AwsSolutions-SQS4')
})

test("nothing is synthesized where one of Crossdock's own rules is broken", () => {
  const app = guarded()
  new CfnResource(new Stack(app, 'Stack'), 'Own', { type: 'Custom::Anything' })
  expect(() => app.synth()).toThrow('Crossdock::no-custom-resources')
})

function guarded(): App {
  const app = quickApp()
  guard(app)
  return app
}

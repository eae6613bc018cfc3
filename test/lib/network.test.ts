import { readFileSync } from 'node:fs'
import { Template } from 'aws-cdk-lib/assertions'
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag'
import { guard } from '../../lib/guard.ts'
import { Environment } from '../../lib/settings/environment.ts'
import { inNetwork } from '../support/connections.ts'
import { deploymentFrom, quickApp, stacksOf } from '../support/synthesized.ts'

/** The demo, whose warehouse is polled and counts, with these fields more for it. */
function settingsWith(fields: object) {
  const settings = JSON.parse(readFileSync('settings/demo.json', 'utf8'))
  Object.assign(settings.connections['shipbob/demo-wms'], fields)
  return settings
}

const templatesWith = (fields: object): ReadonlyMap<string, unknown> =>
  new Map(
    stacksOf(deploymentFrom(settingsWith(fields))).map((stack) => [
      stack.node.id,
      Template.fromStack(stack).toJSON(),
    ]),
  )

const functionsIn = (template: unknown) =>
  Object.values(Object(template).Resources)
    .map(Object)
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')

const own = 'Connection-ShipbobDemoWms'
const without = templatesWith({})
const within = templatesWith(inNetwork)

test('every function of a connection in a network runs there: its poll, its worker, its counts', () => {
  const functions = functionsIn(within.get(own))
  expect(functions.length).toBeGreaterThanOrEqual(3)
  for (const { Properties } of functions) {
    expect(Properties.VpcConfig).toEqual({
      SubnetIds: inNetwork.subnets,
      SecurityGroupIds: inNetwork.securityGroups,
    })
  }
})

test('every other stack is as it is without', () => {
  expect([...within.keys()]).toEqual([...without.keys()])
  for (const [name, template] of within) {
    if (name !== own) expect(template).toEqual(without.get(name))
  }
  const elsewhere = [...without.values()].flatMap(functionsIn)
  expect(elsewhere.filter(({ Properties }) => Properties.VpcConfig)).toEqual([])
})

test('cdk-nag and our own rules find nothing there without a reason', () => {
  const app = quickApp()
  guard(app)
  new Environment(app, deploymentFrom(settingsWith(inNetwork)))
  const packs = [new AwsSolutionsChecks(app), new ServerlessChecks(app)]
  expect(packs.flatMap((pack) => pack.validateScope(app).violations)).toEqual([])
  expect(() => app.synth()).not.toThrow()
})

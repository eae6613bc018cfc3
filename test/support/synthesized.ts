import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App, type Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import type { Deployment } from '../../lib/deployment.ts'
import { Environment } from '../../lib/settings/environment.ts'
import { readSettings } from '../../lib/settings/settings.ts'

const { context } = JSON.parse(readFileSync(join(import.meta.dirname, '../../cdk.json'), 'utf8'))

/** An app that leaves the WebAssembly validator of CloudFormation, a second each time, to the real synthesis. */
export const quickApp = (): App =>
  new App({
    context,
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
  })

/** An environment's settings with empty bundles, so that a function's code is not part of a test of stacks. */
export function deploymentOf(environment: string): Deployment {
  const bundles = mkdtempSync(join(tmpdir(), 'crossdock-bundles-'))
  for (const name of readdirSync(join(import.meta.dirname, '../../functions'))) {
    mkdirSync(join(bundles, name))
    writeFileSync(join(bundles, name, 'index.cjs'), '')
  }
  return { ...readSettings(environment), bundles }
}

/** The templates of an environment by stack: `State`, `Watching`, `Intake`, `Delivery`, `Feedback`. */
export function synthesized(environment: string): ReadonlyMap<string, Template> {
  const stage = new Environment(quickApp(), deploymentOf(environment))
  return new Map(
    stage.node.children.map((stack) => [stack.node.id, Template.fromStack(stack as Stack)]),
  )
}

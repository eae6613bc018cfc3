import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import type { Deployment } from '../../lib/deployment.ts'
import { Environment } from '../../lib/settings/environment.ts'
import { parseSettings, readSettings } from '../../lib/settings/settings.ts'

const { context } = JSON.parse(readFileSync(join(import.meta.dirname, '../../cdk.json'), 'utf8'))

/** An app that leaves the WebAssembly validator of CloudFormation, a second each time, to the real synthesis. */
export const quickApp = (): App =>
  new App({
    context,
    analyticsReporting: false,
    stackTraces: false,
    builtinCloudFormationValidation: false,
  })

/** An environment's settings with empty bundles, so that a function's code is not part of a test of stacks. */
export function deploymentOf(environment: string): Deployment {
  return { ...readSettings(environment), bundles: emptyBundles() }
}

/** The same for settings that no file has. */
export function deploymentFrom(settings: { readonly environment: string }): Deployment {
  return {
    ...parseSettings(JSON.stringify(settings), settings.environment),
    bundles: emptyBundles(),
  }
}

function emptyBundles(): string {
  const bundles = mkdtempSync(join(tmpdir(), 'crossdock-bundles-'))
  for (const name of readdirSync(join(import.meta.dirname, '../../functions'))) {
    mkdirSync(join(bundles, name))
    writeFileSync(join(bundles, name, 'index.cjs'), '')
  }
  return bundles
}

/** The stacks of a deployment. */
export const stacksOf = (deployment: Deployment): readonly Stack[] =>
  new Environment(quickApp(), deployment).node.children.filter((child) => child instanceof Stack)

/** The templates of an environment by stack: `State`, `Core`, `Connection-NetsuiteDemoErp`, `Api`, `Monitoring`. */
export function synthesized(environment: string): ReadonlyMap<string, Template> {
  const known = templates.get(environment)
  if (known) return known
  const stacks = stacksOf(deploymentOf(environment))
  const made = new Map(stacks.map((stack) => [stack.node.id, Template.fromStack(stack)]))
  templates.set(environment, made)
  return made
}

const templates = new Map<string, ReadonlyMap<string, Template>>()

/** The same, one by one; throws when there is no such stack. */
export function stacksIn(environment: string): (name: string) => Template {
  const stacks = synthesized(environment)
  return (name) => {
    const template = stacks.get(name)
    if (!template)
      throw new Error(`there is no stack ${name}, only ${[...stacks.keys()].join(', ')}`)
    return template
  }
}

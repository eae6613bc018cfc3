import { App } from 'aws-cdk-lib'
import type { Deployment } from './deployment.ts'
import type { Template } from './rules.ts'
import { Environment } from './settings/environment.ts'

/** What an environment's stacks are made of, without checks; nothing is kept of it on disk. */
export function templatesOf(
  deployment: Deployment,
  context: Readonly<Record<string, unknown>>,
): readonly Template[] {
  const quick = { analyticsReporting: false, builtinCloudFormationValidation: false }
  const environment = new Environment(new App({ context, ...quick }), deployment)
  return environment.synth().stacks.map(({ template }) => template)
}

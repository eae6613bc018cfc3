import { readFileSync } from 'node:fs'
import {
  type App,
  type IPolicyValidationContext,
  type IPolicyValidationPlugin,
  type PolicyValidationPluginReport,
  Validations,
} from 'aws-cdk-lib'
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag'
import { breaches } from './rules.ts'

/** Makes synthesis fail where AWS's rules or Crossdock's own are broken and nobody gave a reason. */
export function guard(app: App): void {
  Validations.of(app).addPlugins(
    new AwsSolutionsChecks(app),
    new ServerlessChecks(app),
    new CrossdockRules(),
  )
}

class CrossdockRules implements IPolicyValidationPlugin {
  readonly name = 'Crossdock'

  validate({ templatePaths }: IPolicyValidationContext): PolicyValidationPluginReport {
    const violations = templatePaths.flatMap((templatePath) =>
      breaches(JSON.parse(readFileSync(templatePath, 'utf8'))).map(({ rule, id }) => ({
        ruleName: rule.name,
        description: rule.reason,
        severity: 'error',
        violatingResources: [{ resourceLogicalId: id, templatePath, locations: [] }],
      })),
    )
    return { success: violations.length === 0, violations }
  }
}

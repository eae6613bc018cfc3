import { readFileSync } from 'node:fs'
import {
  type App,
  type IPolicyValidationContext,
  type IPolicyValidationPlugin,
  type PolicyValidationPluginReport,
  Validations,
} from 'aws-cdk-lib'
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag'
import { beyondQuotas } from './quotas.ts'
import { breaches, type Template } from './rules.ts'

/** Makes synthesis fail if a rule of cdk-nag or our own is violated without a documented reason. */
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
    const templates = new Map<string, Template>(
      templatePaths.map((path) => [path, JSON.parse(readFileSync(path, 'utf8'))]),
    )
    const broken = [...templates].flatMap(([templatePath, template]) =>
      breaches(template).map(({ rule, id }) => ({
        ruleName: rule.name,
        description: rule.reason,
        severity: 'error',
        violatingResources: [{ resourceLogicalId: id, templatePath, locations: [] }],
      })),
    )
    const beyond = beyondQuotas(templates).map((description) => ({
      ruleName: 'within-quotas',
      description,
      severity: 'error',
      violatingResources: [],
    }))
    const violations = [...broken, ...beyond]
    return { success: violations.length === 0, violations }
  }
}

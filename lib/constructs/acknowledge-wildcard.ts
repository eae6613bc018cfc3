import { Stack, Validations } from 'aws-cdk-lib'
import type { Role } from 'aws-cdk-lib/aws-iam'

/** Says for cdk-nag why a role needs everything that a pattern matches. */
export function acknowledgeWildcard(role: Role, arn: string, reason: string): void {
  const resource = flat(Stack.of(role).resolve(arn))
  Validations.of(role).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason })
}

/** A value of a template as cdk-nag writes it. */
function flat(value: unknown): string {
  if (typeof value === 'string') return value
  const [[how, what] = ['', '']] = Object.entries(Object(value))
  if (how === 'Fn::Join') return Object(what)[1].map(flat).join('')
  if (how === 'Fn::ImportValue') return flat(what)
  return `<${[what].flat().join('.')}>`
}

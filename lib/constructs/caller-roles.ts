import { Stack } from 'aws-cdk-lib'
import { AccountRootPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { endpoints } from '../../schemas/api/endpoints.ts'
import { iamRoleName, isOpenTo, roles } from '../../schemas/api/roles.ts'
import { acknowledgeWildcard } from './acknowledge-wildcard.ts'

export interface CallerRolesProps {
  readonly environment: string
  readonly apiId: string
}

/**
 * An IAM role for each role of the Capability API, which may call what the table of roles opens to it. Principals of the account assume
 * one if their own policy lets them; the function knows the role by its name, and tells commands apart.
 */
export class CallerRoles extends Construct {
  constructor(scope: Construct, id: string, { environment, apiId }: CallerRolesProps) {
    super(scope, id)
    for (const each of roles) {
      const role = new Role(this, each, {
        roleName: iamRoleName(environment, each),
        description: `Crossdock ${environment}: calls the Capability API as ${each}`,
        assumedBy: new AccountRootPrincipal(),
      })
      const open = Object.entries(endpoints).filter(([name]) => isOpenTo(name, each))
      const resources = open.map(([, { method, path }]) =>
        Stack.of(this).formatArn({
          service: 'execute-api',
          resource: apiId,
          resourceName: `$default/${method}${path.replaceAll(/\{\w+\}/g, '*')}`,
        }),
      )
      role.addToPolicy(new PolicyStatement({ actions: ['execute-api:Invoke'], resources }))
      for (const arn of resources.filter((resource) => resource.includes('*'))) {
        acknowledgeWildcard(role, arn, 'Ids of orders and channels are parts of paths.')
      }
    }
  }
}

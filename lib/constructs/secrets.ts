import { ArnFormat, Stack } from 'aws-cdk-lib'
import type { z } from 'zod'
import type { Connection } from '../../schemas/settings.ts'
import type { Deployment } from '../deployment.ts'
import { acknowledgeWildcard } from './acknowledge-wildcard.ts'
import type { CrossdockFunction } from './crossdock-function.ts'

/** Lets a function read one connection's secret, which the stacks name but never make. */
export function grantSecrets<E extends z.ZodObject>(
  to: CrossdockFunction<E>,
  { secret }: Connection,
): void {
  to.allow(['secretsmanager:GetSecretValue'], [secretArn(to, secret)])
}

/**
 * The same for a function that serves many connections: every secret that has its usual name and belongs to one of their connectors,
 * because a policy has no room for a hundred names.
 */
export function grantSecretsOfMany<E extends z.ZodObject>(
  to: CrossdockFunction<E>,
  { environment }: Pick<Deployment, 'environment'>,
  connections: readonly Connection[],
): void {
  const usual = connections.filter(({ id, secret }) => secret === `crossdock/${environment}/${id}`)
  const others = connections.filter((connection) => !usual.includes(connection))
  const connectors = new Set(usual.map(({ connector }) => connector))
  const patterns = [...connectors].map((each) => arnOf(to, `crossdock/${environment}/${each}/*`))
  const arns = [...patterns, ...others.map(({ secret }) => secretArn(to, secret))]
  if (arns.length > 0) to.allow(['secretsmanager:GetSecretValue'], arns)
  for (const pattern of patterns) {
    acknowledgeWildcard(to.role, pattern, 'It serves every connection of this connector.')
  }
}

/** Of a name or an ARN. Secrets Manager adds a dash and six characters to the name it was given. */
const secretArn = <E extends z.ZodObject>(to: CrossdockFunction<E>, secret: string): string =>
  secret.startsWith('arn:') ? secret : arnOf(to, `${secret}-??????`)

const arnOf = <E extends z.ZodObject>(to: CrossdockFunction<E>, resourceName: string): string =>
  Stack.of(to).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  })

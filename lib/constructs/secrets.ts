import { ArnFormat, Stack } from 'aws-cdk-lib'
import type { z } from 'zod'
import type { Connection } from '../../schemas/settings.ts'
import type { CrossdockFunction } from './crossdock-function.ts'

/** Lets a function read these connections' secrets, which the stacks name but never make. */
export function grantSecrets<E extends z.ZodObject>(
  to: CrossdockFunction<E>,
  connections: readonly Connection[],
): void {
  if (connections.length === 0) return
  const stack = Stack.of(to)
  to.allow(
    ['secretsmanager:GetSecretValue'],
    connections.map(({ secret }) =>
      stack.formatArn({
        service: 'secretsmanager',
        resource: 'secret',
        // Secrets Manager adds a dash and six characters to the name it was given.
        resourceName: `${secret}-??????`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    ),
  )
}

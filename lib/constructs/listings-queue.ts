import { Stack } from 'aws-cdk-lib'
import type { z } from 'zod'
import type { Deployment } from '../deployment.ts'
import { acknowledgeWildcard } from './acknowledge-wildcard.ts'
import type { CrossdockFunction } from './crossdock-function.ts'
import { listingsLane, queueName } from './queue-name.ts'

/** Lets a function send hints to the queues of listings of every channel. */
export function grantHints<E extends z.ZodObject>(
  to: CrossdockFunction<E>,
  { environment }: Deployment,
): void {
  const resource = `${queueName({ environment, lane: listingsLane() })}*`
  const stack = Stack.of(to)
  const arn = stack.formatArn({ service: 'sqs', resource })
  to.allow(['sqs:SendMessage'], [arn])
  acknowledgeWildcard(
    to.role,
    arn,
    'Channels have stacks of their own; every queue with this name pattern belongs to this environment.',
  )
}

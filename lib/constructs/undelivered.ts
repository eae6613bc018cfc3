import { Stack } from 'aws-cdk-lib'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { FailureQueue } from './failure-queue.ts'

/**
 * Where a stack's rules and schedules leave what they could not deliver, and its scheduled functions the turns that failed. It is one
 * queue for each stack, because each queue has an alarm, and whoever it wakes looks into the message anyway.
 */
export function undeliveredOf(scope: Construct): IQueue {
  const stack = Stack.of(scope)
  const known = stack.node.tryFindChild('Undelivered')
  if (known instanceof FailureQueue) return known.queue
  return new FailureQueue(stack, 'Undelivered', {
    impact: `Something in ${stack.node.id} was left undone: an event was not delivered, or a poll, a comparison or a sweep failed.`,
    runbook: 'undelivered',
  }).queue
}

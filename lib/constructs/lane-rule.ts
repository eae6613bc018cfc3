import { Duration } from 'aws-cdk-lib'
import { type IEventBus, Match, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events'
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import { FailureQueue } from './failure-queue.ts'

export interface LaneRuleProps {
  readonly bus: IEventBus
  readonly connection: ConnectionId
  readonly queue: IQueue
  /** What stops for the business when nothing arrives: one sentence. */
  readonly impact: string
}

/** Brings every event that asks something of one connection from the bus to its lane. */
export class LaneRule extends Construct {
  constructor(scope: Construct, id: string, props: LaneRuleProps) {
    super(scope, id)
    // Apart from the lane's dead letters: SQS redrives only what it moved there itself.
    const undelivered = new FailureQueue(this, 'Undelivered', {
      impact: props.impact,
      runbook: 'undelivered-events',
    })
    new Rule(this, 'Rule', {
      eventBus: props.bus,
      description: `Effects asked of ${props.connection}`,
      eventPattern: {
        source: ['crossdock'],
        detail: { requests: { [props.connection]: Match.exists() } },
      },
      targets: [
        new SqsQueue(props.queue, {
          message: RuleTargetInput.fromEventPath('$.detail'),
          deadLetterQueue: undelivered.queue,
          maxEventAge: Duration.hours(24),
          retryAttempts: 185,
        }),
      ],
    })
  }
}

import { Duration } from 'aws-cdk-lib'
import { type IEventBus, Match, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events'
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import { undeliveredOf } from './undelivered.ts'

export interface LaneRuleProps {
  readonly bus: IEventBus
  readonly connection: ConnectionId
  readonly queue: IQueue
}

/** Brings every event that asks something of one connection from the bus to its lane. */
export class LaneRule extends Construct {
  constructor(scope: Construct, id: string, props: LaneRuleProps) {
    super(scope, id)
    new Rule(this, 'Rule', {
      eventBus: props.bus,
      description: `Effects for ${props.connection}`,
      eventPattern: {
        source: ['crossdock'],
        detail: { requests: { [props.connection]: Match.exists() } },
      },
      targets: [
        new SqsQueue(props.queue, {
          message: RuleTargetInput.fromEventPath('$.detail'),
          // Apart from the lane's dead letters: SQS redrives only what it moved there itself.
          deadLetterQueue: undeliveredOf(this),
          maxEventAge: Duration.hours(24),
          retryAttempts: 185,
        }),
      ],
    })
  }
}

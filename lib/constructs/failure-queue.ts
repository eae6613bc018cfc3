import { Duration, Validations } from 'aws-cdk-lib'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { ImpactAlarm, type RunbookHeading } from './impact-alarm.ts'

export interface FailureQueueProps {
  /** What has stopped for the business when something lies here: one sentence. */
  readonly impact: string
  readonly runbook: RunbookHeading
  /** Physical name. @default CloudFormation generates one */
  readonly name?: string
  /** What a queue that keeps an order redrives to has to keep it too. @default false */
  readonly inOrder?: boolean
}

/**
 * A queue for what could not be handled, kept as long as SQS keeps anything, with an alarm. It is called dead letters only where a
 * queue redrives to it: SQS moves nothing back that came from a stream, a schedule, a rule or a function.
 */
export class FailureQueue extends Construct {
  readonly queue: Queue

  constructor(scope: Construct, id: string, props: FailureQueueProps) {
    super(scope, id)
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      ...(props.name && { queueName: props.name }),
      ...(props.inOrder && { fifo: true }),
    })
    const reason = 'The last queue: messages here wait for a person, and an alarm reports them.'
    Validations.of(this.queue).acknowledge(
      { id: 'AwsSolutions-SQS3', reason },
      { id: 'Serverless-SQSRedrivePolicy', reason },
    )
    new ImpactAlarm(this, 'NotEmpty', {
      metric: this.queue.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(1),
        statistic: 'Maximum',
      }),
      threshold: 1,
      impact: props.impact,
      runbook: props.runbook,
    })
  }
}

import { Duration, Validations } from 'aws-cdk-lib'
import { EventSourceMapping, RecursiveLoop } from 'aws-cdk-lib/aws-lambda'
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import type { z } from 'zod'
import { maxReceives } from '../../schemas/max-receives.ts'
import type { Deployment } from '../deployment.ts'
import { CrossdockFunction } from './crossdock-function.ts'
import { FailureQueue } from './failure-queue.ts'
import { ImpactAlarm } from './impact-alarm.ts'
import { queueName } from './queue-name.ts'

export interface LaneProps<E extends z.ZodObject> {
  readonly deployment: Deployment
  /** What its queues are called, unique in the environment: `NetsuiteMain`. */
  readonly name: string
  /** Folder under functions/. */
  readonly consumer: string
  /** What logs and metrics call the consumer. @default `consumer` */
  readonly service?: string
  readonly env: E
  /** The consumer's environment; the lane's own queue is given. */
  readonly environment: (queue: IQueue) => z.input<E>
  /** What stops for the business when this lane stops: one sentence. */
  readonly impact: string
  /** Batches handled at one time, 2 to 1000. */
  readonly maxConcurrency: number
  /** Messages of a batch, which are handled at one time. @default 1: so that `maxConcurrency` is the number of messages too */
  readonly batchSize?: number
  /** How long a batch waits to fill. @default it takes what is there */
  readonly batchWindow?: Duration
  /** @default 10 seconds */
  readonly timeout?: Duration
  /** @default 512 MB */
  readonly memorySize?: number
  /** Whether the consumer sends messages to its own queue, to be seen later. @default true */
  readonly putsBack?: boolean
  /** Whether its queue has this name too, so that it can be found without its address. @default only where it keeps an order */
  readonly isNamed?: boolean
  /** One message of a group after another. @default false: as many at one time as may be, in no order */
  readonly inOrder?: boolean
  /** Age of the oldest message that raises an alarm. @default 15 minutes */
  readonly patience?: Duration
}

/** A queue, its consumer, its dead letters and the alarms that watch them. */
export class Lane<E extends z.ZodObject> extends Construct {
  readonly queue: Queue
  readonly consumer: CrossdockFunction<E>

  constructor(scope: Construct, id: string, props: LaneProps<E>) {
    super(scope, id)
    const timeout = props.timeout ?? Duration.seconds(10)

    const named = {
      environment: props.deployment.environment,
      lane: props.name,
      fifo: props.inOrder ?? false,
    }
    const deadLetters = new FailureQueue(this, 'DeadLetters', {
      name: queueName({ ...named, isDeadLetters: true }),
      impact: props.impact,
      runbook: 'dead-letters',
      ...(props.inOrder && { inOrder: true }),
    })
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // AWS asks for at least six times the consumer's timeout, and the time in which a batch fills.
      visibilityTimeout: Duration.seconds(
        timeout.toSeconds() * 6 + (props.batchWindow?.toSeconds() ?? 0),
      ),
      // A dead letter keeps its first timestamp, so what is left of its fourteen days is at least ten.
      retentionPeriod: Duration.days(4),
      ...((props.isNamed || props.inOrder) && { queueName: queueName(named) }),
      ...(props.inOrder && { fifo: true, contentBasedDeduplication: true }),
      deadLetterQueue: {
        queue: deadLetters.queue,
        maxReceiveCount: maxReceives,
      },
    })

    const putsBack = props.putsBack ?? true
    this.consumer = new CrossdockFunction(this, 'Consumer', {
      deployment: props.deployment,
      name: props.consumer,
      ...(props.service && { service: props.service }),
      env: props.env,
      environment: props.environment(this.queue),
      timeout,
      ...(props.memorySize && { memorySize: props.memorySize }),
      // A message waits for its turn by being sent again with a delay; without this, Lambda would take
      // the sixteenth turn for a runaway loop and make the message a dead letter.
      ...(putsBack && { recursiveLoop: RecursiveLoop.ALLOW }),
    })
    if (putsBack) this.consumer.allow(['sqs:SendMessage'], [this.queue.queueArn])
    this.feed(props)

    new ImpactAlarm(this, 'Waiting', {
      metric: this.queue.metricApproximateAgeOfOldestMessage({
        period: Duration.minutes(1),
        statistic: 'Maximum',
      }),
      threshold: (props.patience ?? Duration.minutes(15)).toSeconds(),
      periods: 3,
      impact: props.impact,
      runbook: 'messages-waiting',
    })
  }

  /** `SqsEventSource` would grant two actions more than Lambda uses. */
  private feed({ batchSize, batchWindow, maxConcurrency }: LaneProps<E>): void {
    const { lambda, role } = this.consumer
    this.consumer.allow(
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      [this.queue.queueArn],
    )
    const mapping = new EventSourceMapping(this, 'Messages', {
      target: lambda,
      eventSourceArn: this.queue.queueArn,
      batchSize: batchSize ?? 1,
      ...(batchWindow && { maxBatchingWindow: batchWindow }),
      reportBatchItemFailures: true,
      maxConcurrency,
    })
    mapping.node.addDependency(role)
    Validations.of(mapping).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason:
        'An SQS event source has no failure destination; the queue moves failed messages to its own dead letters.',
    })
  }
}

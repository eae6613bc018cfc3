import { Duration } from 'aws-cdk-lib'
import { EventSourceMapping, FilterCriteria, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import type { z } from 'zod'
import type { CrossdockFunction } from './crossdock-function.ts'
import { FailureQueue, type FailureQueueProps } from './failure-queue.ts'
import { ImpactAlarm } from './impact-alarm.ts'

export interface StreamFollowerProps<E extends z.ZodObject> extends FailureQueueProps {
  readonly follower: CrossdockFunction<E>
  readonly streamArn: string
  /** It gets the records that match one of these. */
  readonly filters: readonly Parameters<typeof FilterCriteria.filter>[0][]
  /** Age of a record that raises an alarm. */
  readonly patience: Duration
}

/** Brings a table's changes to a function, in order for each key. What it cannot take is tried for hours and then left behind. */
export class StreamFollower<E extends z.ZodObject> extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { follower, streamArn, filters, patience, ...given }: StreamFollowerProps<E>,
  ) {
    super(scope, id)
    const givenUp = new FailureQueue(this, 'GivenUp', given)
    follower.allow(['sqs:SendMessage'], [givenUp.queue.queueArn])

    const mapping = new EventSourceMapping(this, 'Records', {
      target: follower.lambda,
      eventSourceArn: streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      retryAttempts: 20,
      maxRecordAge: Duration.hours(6),
      onFailure: { bind: () => ({ destination: givenUp.queue.queueArn }) },
      filters: filters.map((filter) => FilterCriteria.filter(filter)),
    })
    mapping.node.addDependency(follower.role)

    new ImpactAlarm(this, 'Behind', {
      metric: follower.lambda.metric('IteratorAge', {
        period: Duration.minutes(1),
        statistic: 'Maximum',
      }),
      threshold: patience.toMilliseconds(),
      periods: 3,
      impact: given.impact,
      runbook: 'stream-behind',
    })
  }
}

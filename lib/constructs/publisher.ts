import { Duration } from 'aws-cdk-lib'
import type { IEventBus } from 'aws-cdk-lib/aws-events'
import {
  EventSourceMapping,
  FilterCriteria,
  FilterRule,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { Env } from '../../functions/publish-events/env.ts'
import type { Deployment } from '../deployment.ts'
import { CrossdockFunction } from './crossdock-function.ts'
import { DeadLetters } from './dead-letters.ts'
import { ImpactAlarm } from './impact-alarm.ts'
import type { Ledger } from './ledger.ts'

export interface PublisherProps {
  readonly deployment: Deployment
  readonly state: { readonly ledger: Ledger; readonly bus: IEventBus }
}

/** Brings every step from the ledger's stream to the bus, each order's in their order. */
export class Publisher extends Construct {
  constructor(scope: Construct, id: string, { deployment, state }: PublisherProps) {
    super(scope, id)
    const impact = 'What the ledger decided reaches no system; the sweeper asks again, later.'
    const deadLetters = new DeadLetters(this, 'Unpublished', {
      impact,
      runbook: 'unpublished-commits',
    })
    const publisher = new CrossdockFunction(this, 'PublishEvents', {
      deployment,
      name: 'publish-events',
      env: Env,
      environment: {
        BUS_NAME: state.bus.eventBusName,
        LEDGER_TABLE: state.ledger.table.tableName,
      },
    })
    publisher.allow(['events:PutEvents'], [state.bus.eventBusArn])
    publisher.allow(['sqs:SendMessage'], [deadLetters.queue.queueArn])
    state.ledger.grantStream(publisher)
    state.ledger.grantName(publisher)

    const mapping = new EventSourceMapping(this, 'Commits', {
      target: publisher.lambda,
      eventSourceArn: state.ledger.streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      retryAttempts: 20,
      maxRecordAge: Duration.hours(6),
      onFailure: { bind: () => ({ destination: deadLetters.queue.queueArn }) },
      filters: [
        FilterCriteria.filter({
          dynamodb: {
            Keys: { sk: { S: FilterRule.isEqual('head') } },
            NewImage: { news: { N: FilterRule.exists() } },
          },
        }),
      ],
    })
    mapping.node.addDependency(publisher.role)

    new ImpactAlarm(this, 'Behind', {
      metric: publisher.lambda.metric('IteratorAge', {
        period: Duration.minutes(1),
        statistic: 'Maximum',
      }),
      threshold: Duration.minutes(5).toMilliseconds(),
      periods: 3,
      impact,
      runbook: 'stream-behind',
    })
  }
}

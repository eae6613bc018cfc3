import { Duration } from 'aws-cdk-lib'
import {
  EventSourceMapping,
  FilterCriteria,
  FilterRule,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { Env } from '../../functions/project-stock/env.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Deployment } from '../deployment.ts'
import type { CrossReferences } from './cross-references.ts'
import { CrossdockFunction } from './crossdock-function.ts'
import { DeadLetters } from './dead-letters.ts'
import { ImpactAlarm } from './impact-alarm.ts'
import { grantLearn, ledgerEnvironment } from './kept-stock.ts'
import type { Ledger } from './ledger.ts'
import type { Stock } from './stock.ts'

export interface StockProjectorProps {
  readonly deployment: Deployment
  readonly state: {
    readonly ledger: Ledger
    readonly stock: Stock
    readonly crossReferences: CrossReferences
  }
  readonly lanes: ReadonlyMap<ConnectionId, IQueue>
}

/** From every change of stock to what channels are offered, and to the orders that wait for it. */
export class StockProjector extends Construct {
  constructor(scope: Construct, id: string, { deployment, state, lanes }: StockProjectorProps) {
    super(scope, id)
    const impact =
      'Channels go on selling by old numbers, and orders that wait for stock get none of what came.'
    const deadLetters = new DeadLetters(this, 'Unprojected', {
      impact,
      runbook: 'stock-not-projected',
    })
    const projector = new CrossdockFunction(this, 'ProjectStock', {
      deployment,
      name: 'project-stock',
      env: Env,
      environment: { ...ledgerEnvironment(state), LANES: lanesText(lanes) },
      timeout: Duration.seconds(30),
    })
    for (const queue of lanes.values()) projector.allow(['sqs:SendMessage'], [queue.queueArn])
    projector.allow(['sqs:SendMessage'], [deadLetters.queue.queueArn])
    state.stock.grantStream(projector)
    state.stock.grantProject(projector)
    grantLearn(projector, { deployment, state })

    const mapping = new EventSourceMapping(this, 'Changes', {
      target: projector.lambda,
      eventSourceArn: state.stock.streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      retryAttempts: 20,
      maxRecordAge: Duration.hours(6),
      onFailure: { bind: () => ({ destination: deadLetters.queue.queueArn }) },
      filters: [
        // Stock, and the terms that somebody gave a listing; not what is worked out from them.
        ...['at#', 'terms#'].map((kind) =>
          FilterCriteria.filter({ dynamodb: { Keys: { sk: { S: FilterRule.beginsWith(kind) } } } }),
        ),
      ],
    })
    mapping.node.addDependency(projector.role)

    new ImpactAlarm(this, 'Behind', {
      metric: projector.lambda.metric('IteratorAge', {
        period: Duration.minutes(1),
        statistic: 'Maximum',
      }),
      threshold: Duration.minutes(2).toMilliseconds(),
      periods: 3,
      impact,
      runbook: 'stream-behind',
    })
  }
}

/** The lanes as an environment variable can hold them. */
export const lanesText = (lanes: ReadonlyMap<ConnectionId, IQueue>): string =>
  JSON.stringify(Object.fromEntries([...lanes].map(([id, { queueUrl }]) => [id, queueUrl])))

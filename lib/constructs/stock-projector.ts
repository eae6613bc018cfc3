import { Duration } from 'aws-cdk-lib'
import { FilterRule } from 'aws-cdk-lib/aws-lambda'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { Env } from '../../functions/project-stock/env.ts'
import type { Deployment } from '../deployment.ts'
import type { CrossReferences } from './cross-references.ts'
import { CrossdockFunction } from './crossdock-function.ts'
import { grantLearn, ledgerEnvironment } from './kept-stock.ts'
import type { Ledger } from './ledger.ts'
import { grantHints } from './listings-queue.ts'
import type { Stock } from './stock.ts'
import { StreamFollower } from './stream-follower.ts'

export interface StockProjectorProps {
  readonly deployment: Deployment
  readonly state: {
    readonly ledger: Ledger
    readonly stock: Stock
    readonly crossReferences: CrossReferences
  }
  /** A queue of this environment, beside which the queues of listings are. */
  readonly neighbour: IQueue
}

/** From every change of stock to what channels are offered, and to the orders that wait for it. */
export class StockProjector extends Construct {
  constructor(scope: Construct, id: string, { deployment, state, neighbour }: StockProjectorProps) {
    super(scope, id)
    const projector = new CrossdockFunction(this, 'ProjectStock', {
      deployment,
      name: 'project-stock',
      env: Env,
      environment: { ...ledgerEnvironment(state), INTAKE_QUEUE_URL: neighbour.queueUrl },
      timeout: Duration.seconds(30),
    })
    grantHints(projector, deployment)
    state.stock.grantStream(projector)
    state.stock.grantProject(projector)
    grantLearn(projector, { deployment, state })

    new StreamFollower(this, 'Changes', {
      follower: projector,
      streamArn: state.stock.streamArn,
      // Stock, listing terms and pending look-ups; not the quantities calculated from them.
      filters: [
        ...['at#', 'terms#'].map((kind) => ({
          dynamodb: { Keys: { sk: { S: FilterRule.beginsWith(kind) } } },
        })),
        {
          dynamodb: {
            Keys: { sk: { S: FilterRule.isEqual('lookup') } },
            NewImage: { dueAt: { S: FilterRule.exists() } },
          },
        },
      ],
      patience: Duration.minutes(2),
      impact: 'Channels sell by old quantities, and waiting orders do not get stock that arrived.',
      runbook: 'stock-not-projected',
    })
  }
}

import { Duration } from 'aws-cdk-lib'
import { FilterRule } from 'aws-cdk-lib/aws-lambda'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { Env } from '../../functions/project-stock/env.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Deployment } from '../deployment.ts'
import type { CrossReferences } from './cross-references.ts'
import { CrossdockFunction } from './crossdock-function.ts'
import { grantLearn, ledgerEnvironment } from './kept-stock.ts'
import type { Ledger } from './ledger.ts'
import type { Stock } from './stock.ts'
import { StreamFollower } from './stream-follower.ts'

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
    const projector = new CrossdockFunction(this, 'ProjectStock', {
      deployment,
      name: 'project-stock',
      env: Env,
      environment: { ...ledgerEnvironment(state), LANES: lanesText(lanes) },
      timeout: Duration.seconds(30),
    })
    for (const queue of lanes.values()) projector.allow(['sqs:SendMessage'], [queue.queueArn])
    state.stock.grantStream(projector)
    state.stock.grantProject(projector)
    grantLearn(projector, { deployment, state })

    new StreamFollower(this, 'Changes', {
      follower: projector,
      streamArn: state.stock.streamArn,
      // Stock, the terms that somebody gave a listing, and what channels are to be asked for; not what is worked out from them.
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
      impact:
        'Channels go on selling by old numbers, and orders that wait for stock get none of what came.',
      runbook: 'stock-not-projected',
    })
  }
}

/** The lanes as an environment variable can hold them. */
export const lanesText = (lanes: ReadonlyMap<ConnectionId, IQueue>): string =>
  JSON.stringify(Object.fromEntries([...lanes].map(([id, { queueUrl }]) => [id, queueUrl])))

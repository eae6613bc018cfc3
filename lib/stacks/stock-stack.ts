import { Duration, Stack, type StackProps } from 'aws-cdk-lib'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { Env as SweepEnv } from '../../functions/sweep-listings/env.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import { ScheduledFunction } from '../constructs/scheduled-function.ts'
import { StockCounting } from '../constructs/stock-counting.ts'
import { StockLane } from '../constructs/stock-lane.ts'
import { lanesText, StockProjector } from '../constructs/stock-projector.ts'
import { type Deployment, tellsStock } from '../deployment.ts'
import type { StateStack } from './state-stack.ts'

export interface StockStackProps extends StackProps {
  readonly deployment: Deployment
  readonly state: StateStack
}

/** From counts to stock, and from changed stock to the channels that sell it; there is none where nothing is counted. */
export class StockStack extends Stack {
  constructor(scope: Construct, id: string, { deployment, state, ...props }: StockStackProps) {
    super(scope, id, props)
    new StockCounting(this, 'Counting', { deployment, state })
    const lanes = new Map<ConnectionId, IQueue>()
    for (const connection of deployment.connections.filter(tellsStock(deployment))) {
      const { queue } = new StockLane(this, { deployment, state, connection })
      lanes.set(connection.id, queue)
    }
    new StockProjector(this, 'Projector', { deployment, state, lanes })
    if (lanes.size === 0) return

    const sweeper = new ScheduledFunction(this, 'SweepListings', {
      deployment,
      name: 'sweep-listings',
      env: SweepEnv,
      environment: { STOCK_TABLE: state.stock.table.tableName, LANES: lanesText(lanes) },
      everyMinutes: 1,
      timeout: Duration.seconds(50),
      impact:
        'Numbers that got lost on their way to a channel stay lost until the next comparison.',
    }).function
    state.stock.grantProject(sweeper)
    state.stock.grantFindDirty(sweeper)
    for (const queue of lanes.values()) sweeper.allow(['sqs:SendMessage'], [queue.queueArn])
  }
}

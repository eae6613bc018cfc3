import { Duration, Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { Env as SweepEnv } from '../../functions/sweep-ledger/env.ts'
import { ConnectionLane } from '../constructs/connection-lane.ts'
import { grantLearn, ledgerEnvironment } from '../constructs/kept-stock.ts'
import { ScheduledFunction } from '../constructs/scheduled-function.ts'
import type { Deployment } from '../deployment.ts'
import type { StateStack } from './state-stack.ts'

export interface FeedbackStackProps extends StackProps {
  readonly deployment: Deployment
  readonly state: StateStack
}

/** What comes of an order, told to its channel, and the sweeper that leaves nothing in limbo. */
export class FeedbackStack extends Stack {
  constructor(scope: Construct, id: string, { deployment, state, ...props }: FeedbackStackProps) {
    super(scope, id, props)
    for (const connection of deployment.connections) {
      const { capabilities, effects } = connection
      const onlySells = capabilities.every((each) => each === 'orders' || each === 'listings')
      // No lane for a channel that cannot be told anything.
      if (!onlySells || effects.length === 0) continue
      new ConnectionLane(this, connection, { deployment, state })
    }

    const sweeper = new ScheduledFunction(this, 'SweepLedger', {
      deployment,
      name: 'sweep-ledger',
      env: SweepEnv,
      environment: ledgerEnvironment(state),
      everyMinutes: 1,
      timeout: Duration.seconds(30),
      // One core: what it bears when everything is late is a matter of CPU.
      memorySize: 1769,
      impact: 'Orders past their deadline are not found.',
    }).function
    grantLearn(sweeper, { deployment, state })
    state.ledger.grantFindDue(sweeper)
  }
}

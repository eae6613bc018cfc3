import { Duration } from 'aws-cdk-lib'
import type { IEventBus } from 'aws-cdk-lib/aws-events'
import { FilterRule } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { Env } from '../../functions/publish-events/env.ts'
import type { Deployment } from '../deployment.ts'
import { CrossdockFunction } from './crossdock-function.ts'
import type { Cursors } from './cursors.ts'
import type { Ledger } from './ledger.ts'
import { StreamFollower } from './stream-follower.ts'

export interface PublisherProps {
  readonly deployment: Deployment
  readonly state: { readonly ledger: Ledger; readonly cursors: Cursors; readonly bus: IEventBus }
}

/** Brings every step from the ledger's stream to the bus, each order's in their order. */
export class Publisher extends Construct {
  constructor(scope: Construct, id: string, { deployment, state }: PublisherProps) {
    super(scope, id)
    const publisher = new CrossdockFunction(this, 'PublishEvents', {
      deployment,
      name: 'publish-events',
      env: Env,
      environment: {
        BUS_NAME: state.bus.eventBusName,
        LEDGER_TABLE: state.ledger.table.tableName,
        CURSORS_TABLE: state.cursors.table.tableName,
      },
    })
    publisher.allow(['events:PutEvents'], [state.bus.eventBusArn])
    state.ledger.grantStream(publisher)
    state.ledger.grantName(publisher)
    state.cursors.grantGlance(publisher)

    new StreamFollower(this, 'Steps', {
      follower: publisher,
      streamArn: state.ledger.streamArn,
      filters: [
        {
          dynamodb: {
            Keys: { sk: { S: FilterRule.isEqual('head') } },
            NewImage: { news: { N: FilterRule.exists() } },
          },
        },
      ],
      patience: Duration.minutes(5),
      impact: 'Effects do not reach the lanes until the sweeper requests them again.',
      runbook: 'unpublished-commits',
    })
  }
}

import { Duration } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import { Env as CompareEnv } from '../../functions/compare-listings/env.ts'
import { Env as PublishEnv } from '../../functions/publish-listings/env.ts'
import { hintBatchSize } from '../../schemas/messages/listing-message.ts'
import type { DeployedConnection, Deployment } from '../deployment.ts'
import type { CrossReferences } from './cross-references.ts'
import type { Cursors } from './cursors.ts'
import { Lane } from './lane.ts'
import { listingsLane } from './queue-name.ts'
import { ScheduledFunction } from './scheduled-function.ts'
import { grantSecrets } from './secrets.ts'
import type { Stock } from './stock.ts'

export interface ListingsLaneProps {
  readonly deployment: Deployment
  readonly state: {
    readonly stock: Stock
    readonly cursors: Cursors
    readonly crossReferences: CrossReferences
  }
  readonly connection: DeployedConnection
}

/** What one channel is told of its listings, on a way of its own that orders cannot delay, and what it shows: looked up when it is new, and compared by schedule. */
export class ListingsLane extends Construct {
  constructor(scope: Construct, { deployment, state, connection }: ListingsLaneProps) {
    super(scope, 'Listings')
    const { stock, cursors, crossReferences } = state
    const lane = new Lane(this, 'Lane', {
      deployment,
      name: listingsLane(connection.id),
      isNamed: true,
      consumer: 'publish-listings',
      env: PublishEnv,
      environment: ({ queueUrl }) => ({
        CONNECTION: connection.id,
        STOCK_TABLE: stock.table.tableName,
        CURSORS_TABLE: cursors.table.tableName,
        CROSS_REFERENCES_TABLE: crossReferences.table.tableName,
        LANE_QUEUE_URL: queueUrl,
      }),
      // No window keeps them waiting: a full batch is taken to mean that more is behind it, and everything is told.
      batchSize: hintBatchSize,
      maxConcurrency: 2,
      timeout: Duration.seconds(Math.max(60, connection.timeoutSeconds)),
      patience: Duration.minutes(5),
      impact: `Customers of ${connection.id} buy by old quantities.`,
    })
    stock.grantPublish(lane.consumer, connection.id)
    cursors.grantPublish(lane.consumer, connection.id)
    grantSecrets(lane.consumer, connection)

    const compare = new ScheduledFunction(this, 'Compare', {
      deployment,
      name: 'compare-listings',
      env: CompareEnv,
      environment: {
        CONNECTION: connection.id,
        STOCK_TABLE: stock.table.tableName,
        CURSORS_TABLE: cursors.table.tableName,
        CROSS_REFERENCES_TABLE: crossReferences.table.tableName,
        LANE_QUEUE_URL: lane.queue.queueUrl,
      },
      everyMinutes: connection.sells?.compareMinutes ?? 360,
      timeout: Duration.minutes(15),
      impact: `The quantities of ${connection.id} are not compared, and new listings are not published.`,
    }).function
    compare.allow(['sqs:SendMessage'], [lane.queue.queueArn])
    stock.grantCompare(compare, connection.id)
    cursors.grantAsk(compare, connection.id)
    const locations = Object.values(deployment.stock?.locations ?? {})
    const warehouses = locations.map(({ warehouse }) => warehouse)
    crossReferences.grantLookUp(compare, warehouses)
    crossReferences.grantLookUp(lane.consumer, warehouses)
    grantSecrets(compare, connection)
  }
}

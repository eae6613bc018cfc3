import { Duration } from 'aws-cdk-lib'
import type { IEventBus } from 'aws-cdk-lib/aws-events'
import { Construct } from 'constructs'
import { Env, workers } from '../../functions/perform-effects/env.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { DeployedConnection, Deployment } from '../deployment.ts'
import { connectionName } from './connection-name.ts'
import type { CrossReferences } from './cross-references.ts'
import type { Cursors } from './cursors.ts'
import { grantLearn, ledgerEnvironment } from './kept-stock.ts'
import { Lane } from './lane.ts'
import { LaneRule } from './lane-rule.ts'
import type { Ledger } from './ledger.ts'
import type { People } from './people.ts'
import { grantSecrets } from './secrets.ts'
import type { Stock } from './stock.ts'

export interface ConnectionLaneProps {
  readonly deployment: Deployment
  readonly state: {
    readonly ledger: Ledger
    readonly people: People
    readonly cursors: Cursors
    readonly crossReferences: CrossReferences
    readonly stock: Stock
    readonly bus: IEventBus
  }
}

/** A worker waits for its system most of its time, and AWS bills the wait by memory; a process takes 90 MB. */
const workerMb = 256

/** Invocations of one lane at one time, of the thousand that an account has. */
const mostInvocations = 60

/**
 * As many messages at one time as the system bears, each in an invocation of its own: in a batch a place stands idle from when
 * its message is done until the last one is, which is a sixth of the time of two. Only what bears more than a lane may
 * have invocations shares them.
 */
export function togetherAtMost(limit: number): { batchSize: number; maxConcurrency: number } {
  const batchSize = Math.min(10, Math.ceil(limit / mostInvocations))
  return { batchSize, maxConcurrency: Math.floor(limit / batchSize) }
}

type Served = keyof typeof workers

/** What stops for the business when the lane of a connection stops. */
const impacts: Readonly<Record<Served, (id: ConnectionId) => string>> = {
  orders: (id) => `Customers of ${id} are not informed that their orders shipped.`,
  accounting: (id) => `Orders, cancellations and shipments do not reach ${id}.`,
  fulfilment: (id) => `Orders are not released to ${id} and do not ship.`,
}

const servedBy = ({ capabilities }: DeployedConnection): Served[] =>
  capabilities.filter((capability) => capability !== 'listings')

/** All that stands between the bus and one connection; its worker reaches that account and no other. */
export class ConnectionLane extends Construct {
  constructor(
    scope: Construct,
    connection: DeployedConnection,
    { deployment, state }: ConnectionLaneProps,
  ) {
    super(scope, 'Effects')
    const { people, cursors, crossReferences, bus } = state
    const served = servedBy(connection)
    const impact = served.map((capability) => impacts[capability](connection.id)).join(' ')

    const lane = new Lane(this, 'Lane', {
      deployment,
      name: connectionName(connection.id),
      consumer: 'perform-effects',
      ...(served[0] && { service: workers[served[0]] }),
      env: Env,
      environment: ({ queueUrl }) => ({
        CONNECTION: connection.id,
        ...ledgerEnvironment(state),
        PEOPLE_TABLE: people.table.tableName,
        CURSORS_TABLE: cursors.table.tableName,
        LANE_QUEUE_URL: queueUrl,
      }),
      ...togetherAtMost(connection.maxConcurrency),
      memorySize: workerMb,
      timeout: Duration.seconds(connection.timeoutSeconds),
      impact,
    })
    grantLearn(lane.consumer, { deployment, state })
    people.grantRead(lane.consumer)
    cursors.grantAsk(lane.consumer, connection.id)
    crossReferences.grantFind(lane.consumer, connection.id)
    grantSecrets(lane.consumer, connection)

    new LaneRule(this, 'Requests', { bus, connection: connection.id, queue: lane.queue })
  }
}

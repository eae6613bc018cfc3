import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib'
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import { Env as PollEnv } from '../../functions/poll-connection/env.ts'
import { capableOf } from '../../schemas/settings.ts'
import { ConnectionLane } from '../constructs/connection-lane.ts'
import { connectionName } from '../constructs/connection-name.ts'
import { CrossdockFunction } from '../constructs/crossdock-function.ts'
import { ImpactAlarm } from '../constructs/impact-alarm.ts'
import { ListingsLane } from '../constructs/listings-lane.ts'
import { orderMetrics } from '../constructs/order-metrics.ts'
import { ScheduledFunction } from '../constructs/scheduled-function.ts'
import { grantSecrets } from '../constructs/secrets.ts'
import { StockComparison } from '../constructs/stock-comparison.ts'
import { stockMetrics } from '../constructs/stock-metrics.ts'
import { type DeployedConnection, type Deployment, publishesListings } from '../deployment.ts'
import type { CoreStack } from './core-stack.ts'
import type { StateStack } from './state-stack.ts'

export interface ConnectionStackProps extends StackProps {
  readonly deployment: Deployment
  readonly state: StateStack
  readonly core: CoreStack
}

/** All that exists for one connection and for no other: its poll, its lanes, its comparisons, its alarms. */
export class ConnectionStack extends Stack {
  private readonly connection: DeployedConnection
  private readonly deployment: Deployment
  private readonly state: StateStack

  constructor(
    scope: Construct,
    connection: DeployedConnection,
    { deployment, state, core, ...props }: ConnectionStackProps,
  ) {
    super(scope, `Connection-${connectionName(connection.id)}`, props)
    this.connection = connection
    this.deployment = deployment
    this.state = state

    if (connection.webhooks) {
      new CfnOutput(this, 'Webhook', {
        description: `URL for the webhooks of ${connection.id}`,
        value: `${core.webhooksUrl}/${connection.id}`,
      })
    }
    if (connection.sweep) this.poll(connection.sweep.everyMinutes, core)
    if (connection.effects.length > 0) new ConnectionLane(this, connection, { deployment, state })
    if (publishesListings(deployment)(connection)) {
      new ListingsLane(this, { deployment, state, connection })
    }
    this.compareStock()
    this.watch()
    this.enterNetwork()
  }

  private poll(everyMinutes: number, { queue }: CoreStack): void {
    const { id } = this.connection
    const { cursors, idempotency } = this.state
    const poll = new ScheduledFunction(this, 'Poll', {
      deployment: this.deployment,
      name: 'poll-connection',
      env: PollEnv,
      environment: {
        CONNECTION: id,
        INTAKE_QUEUE_URL: queue.queueUrl,
        CURSORS_TABLE: cursors.table.tableName,
        IDEMPOTENCY_TABLE: idempotency.tableName,
      },
      everyMinutes,
      input: { connection: id },
      timeout: Duration.seconds(60),
      impact: `Orders that the webhooks of ${id} miss are not polled either.`,
    }).function
    poll.allow(['sqs:SendMessage'], [queue.queueArn])
    cursors.grantSweep(poll, id)
    poll.allow(
      ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
      [idempotency.tableArn],
    )
    grantSecrets(poll, this.connection)
  }

  /** Of the locations that this connection counts. */
  private compareStock(): void {
    const { deployment, state, connection } = this
    for (const [name, location] of Object.entries(deployment.stock?.locations ?? {})) {
      const { count, warehouse } = location
      if (!count || (count.from ?? warehouse) !== connection.id) continue
      new StockComparison(this, { deployment, state, connection, name, count })
    }
  }

  /** With all of its functions, whatever they are for: no other connection's can reach what is there. */
  private enterNetwork(): void {
    const { network } = this.connection
    if (!network) return
    for (const each of this.node.findAll()) {
      if (each instanceof CrossdockFunction) each.enter(network)
    }
  }

  /** What an alarm for all connections cannot see: that nothing comes, and what a comparison found hours ago. */
  private watch(): void {
    const { deployment, connection } = this
    const { id, hosts, expectedOrderIntervalMinutes, sells } = connection
    if (!capableOf('orders')(connection)) return
    const orders = orderMetrics(deployment.environment)
    const usual = Duration.minutes(expectedOrderIntervalMinutes)
    new ImpactAlarm(this, 'NoOrders', {
      metric:
        hosts.length > 0 ? orders.ordersUnlessDown(id, usual) : orders.ordersCaptured(id, usual),
      threshold: 1,
      when: ComparisonOperator.LESS_THAN_THRESHOLD,
      periods: 3,
      missing: TreatMissingData.BREACHING,
      impact: `No orders arrive from ${id}, although customers may be buying.`,
      runbook: 'no-orders',
    })
    const corrects = (sells?.drift ?? 'correct') === 'correct'
    if (corrects || !publishesListings(deployment)(connection)) return
    new ImpactAlarm(this, 'DriftRaised', {
      metric: stockMetrics(deployment.environment)
        .raised(id)
        .with({ period: Duration.minutes(sells?.compareMinutes ?? 360) }),
      threshold: 1,
      impact: `Some listings of ${id} show other numbers than they should, and keep them until a person has looked.`,
      runbook: 'stock-drift-raised',
    })
  }
}

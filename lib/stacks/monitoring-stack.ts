import { Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { AlarmTopic } from '../constructs/alarm-topic.ts'
import { CommerceDashboard } from '../constructs/commerce-dashboard.ts'
import { ConnectionAlarms } from '../constructs/connection-alarms.ts'
import { ImpactAlarm } from '../constructs/impact-alarm.ts'
import { orderMetrics } from '../constructs/order-metrics.ts'
import { PlatformDashboard } from '../constructs/platform-dashboard.ts'
import { stockMetrics } from '../constructs/stock-metrics.ts'
import type { Deployment } from '../deployment.ts'

export interface MonitoringStackProps extends StackProps {
  readonly deployment: Deployment
}

/** Dashboards, what concerns all connections together, and who gets the alarms. It knows the other stacks by metric names only. */
export class MonitoringStack extends Stack {
  /** Absent if the settings have no recipient. */
  readonly topic?: AlarmTopic

  constructor(scope: Construct, id: string, { deployment, ...props }: MonitoringStackProps) {
    super(scope, id, props)
    const metrics = orderMetrics(deployment.environment)
    const stock = stockMetrics(deployment.environment)
    new PlatformDashboard(this, 'Platform', deployment)
    new CommerceDashboard(this, 'Commerce', deployment)
    if (deployment.stock) {
      new ImpactAlarm(this, 'Oversold', {
        metric: stock.oversold(),
        threshold: 1,
        impact: 'Customers were promised units that are not there.',
        runbook: 'stock-oversold',
        untilReset: true,
      })
    }
    new ImpactAlarm(this, 'InDoubt', {
      metric: metrics.exceptionsRaised('in-doubt'),
      threshold: 1,
      impact: 'It is unknown whether a system carried out a request; the order waits for a person.',
      runbook: 'effect-in-doubt',
      untilReset: true,
    })
    new ImpactAlarm(this, 'DisclosureWaiting', {
      metric: metrics.disclosuresWritten(),
      threshold: 1,
      impact: 'A customer asked for their personal data and waits for the file.',
      runbook: 'disclosure-waiting',
      untilReset: true,
    })
    new ConnectionAlarms(this, 'Connections', {
      namespace: metrics.namespace,
      publishes: deployment.stock !== undefined,
    })
    if (deployment.alarmEmail) {
      this.topic = new AlarmTopic(this, 'Alarms', {
        environment: deployment.environment,
        email: deployment.alarmEmail,
      })
    }
  }
}

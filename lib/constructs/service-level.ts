import { Duration } from 'aws-cdk-lib'
import { ComparisonOperator, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { Construct } from 'constructs'
import type { DeployedConnection } from '../deployment.ts'
import { ImpactAlarm } from './impact-alarm.ts'
import { type OrderMetrics, stages } from './order-metrics.ts'

/** The share of orders that may miss a stage's limit. */
const errorBudget = 0.01

/** At this pace a month's budget is gone in two days (Google's SRE workbook, chapter 5). */
const burnRate = 14.4

/** A burst counts when it lasts: three of the twelve five-minute windows in an hour. */
export const tooMany = { threshold: 100 * errorBudget * burnRate, periods: 12, breaching: 3 }

export interface ServiceLevelProps {
  readonly channel: DeployedConnection
  readonly metrics: OrderMetrics
}

/** Alarms for one channel: a stage that misses its limit too often, and orders that stop coming. */
export class ServiceLevel extends Construct {
  constructor(scope: Construct, id: string, { channel, metrics }: ServiceLevelProps) {
    super(scope, id)
    for (const stage of stages) {
      new ImpactAlarm(this, `${stage.charAt(0).toUpperCase()}${stage.slice(1)}`, {
        metric: missedShare(metrics, channel.id, stage),
        ...tooMany,
        impact: `Orders of ${channel.id} are not ${stage} in time; the promise to its customers is at risk.`,
        runbook: 'service-level-at-risk',
      })
    }
    new ImpactAlarm(this, 'NoOrders', {
      metric: metrics.ordersCaptured(
        channel.id,
        Duration.minutes(channel.expectedOrderIntervalMinutes),
      ),
      threshold: 1,
      when: ComparisonOperator.LESS_THAN_THRESHOLD,
      periods: 3,
      missing: TreatMissingData.BREACHING,
      impact: `No orders arrive from ${channel.id}, although customers may be buying.`,
      runbook: 'no-orders',
    })
  }
}

/** Orders that missed a stage's limit, in percent of those that reached or missed it. */
export const missedShare = (
  metrics: OrderMetrics,
  channel: DeployedConnection['id'],
  stage: string,
): MathExpression =>
  new MathExpression({
    label: stage,
    // Names carry the stage because one graph draws several of these.
    expression: `100 * FILL(${stage}Missed, 0) / (FILL(${stage}Met, 0) + FILL(${stage}Missed, 0))`,
    usingMetrics: {
      [`${stage}Met`]: metrics.stageMet(channel, stage),
      [`${stage}Missed`]: metrics.stageMissed(channel, stage),
    },
    period: Duration.minutes(5),
  })

import { Duration } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import type { DeployedConnection } from '../deployment.ts'
import { ImpactAlarm } from './impact-alarm.ts'
import type { OrderMetrics } from './order-metrics.ts'
import { missedShare, tooMany } from './service-level.ts'
import type { StockMetrics } from './stock-metrics.ts'

export interface StockHealthProps {
  readonly channel: DeployedConnection
  readonly metrics: OrderMetrics
  readonly stock: StockMetrics
}

/** Listings that may wait for a channel at one time, for example after a count of everything. */
const backlog = 1000

/** Alarms for what one channel is told of stock: late, in a heap, or refused. */
export class StockHealth extends Construct {
  constructor(scope: Construct, id: string, { channel, metrics, stock }: StockHealthProps) {
    super(scope, id)
    new ImpactAlarm(this, 'Published', {
      metric: missedShare(metrics, channel.id, 'published'),
      ...tooMany,
      impact: `Customers of ${channel.id} see old numbers for too long: they buy what is not there, or cannot buy what is.`,
      runbook: 'stock-not-published',
    })
    new ImpactAlarm(this, 'Backlog', {
      metric: stock.waiting(channel.id),
      threshold: backlog,
      periods: 3,
      impact: `More listings wait for ${channel.id} than it takes in a quarter of an hour.`,
      runbook: 'stock-not-published',
    })
    new ImpactAlarm(this, 'Refused', {
      metric: stock.refusals(channel.id, Duration.minutes(15)),
      threshold: 1,
      impact: `Some listings of ${channel.id} are sold by old numbers, because it does not take new ones.`,
      runbook: 'stock-refused',
    })
    if ((channel.sells?.drift ?? 'correct') === 'correct') return
    new ImpactAlarm(this, 'DriftRaised', {
      metric: stock.raised(channel.id),
      threshold: 1,
      impact: `Some listings of ${channel.id} show other numbers than they should, and keep them until a person has looked.`,
      runbook: 'stock-drift-raised',
    })
  }
}

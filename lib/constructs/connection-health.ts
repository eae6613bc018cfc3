import { Construct } from 'constructs'
import type { DeployedConnection } from '../deployment.ts'
import { ImpactAlarm } from './impact-alarm.ts'
import type { OrderMetrics } from './order-metrics.ts'

export interface ConnectionHealthProps {
  readonly connection: DeployedConnection
  readonly metrics: OrderMetrics
}

/**
 * Alarms for one connection: it is down, it refuses us, it swallows answers. A breaker counts once for each probe that
 * fails, which after hours of trouble is every quarter of an hour: half an hour of memory keeps one trouble one alarm.
 */
export class ConnectionHealth extends Construct {
  constructor(scope: Construct, id: string, { connection, metrics }: ConnectionHealthProps) {
    super(scope, id)
    new ImpactAlarm(this, 'Shut', {
      metric: metrics.breakerOpened(connection.id),
      threshold: 1,
      // Trouble that is over within five minutes is nobody's.
      periods: 6,
      breaching: 2,
      impact: `Everything asked of ${connection.id} waits, because it does not answer.`,
      runbook: 'breaker-open',
    })
    new ImpactAlarm(this, 'Halted', {
      metric: metrics.connectionHalted(connection.id),
      threshold: 1,
      periods: 6,
      breaching: 1,
      impact: `Nothing asked of ${connection.id} can succeed, because it refuses our credentials.`,
      runbook: 'connection-halted',
    })
    new ImpactAlarm(this, 'Unknown', {
      metric: metrics.outcomeUnknown(connection.id),
      threshold: 5,
      periods: 3,
      breaching: 2,
      impact: `Orders wait for look-ups, because ${connection.id} often does not say whether it did what it was asked.`,
      runbook: 'outcome-unknown',
    })
  }
}

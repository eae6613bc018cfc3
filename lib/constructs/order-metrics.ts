import { Duration } from 'aws-cdk-lib'
import { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import { StageLimits } from '../../schemas/settings.ts'

/** What the functions write as embedded metrics. */
export const namespace = 'Crossdock'

/** The stages of an order, each with a time limit in the settings. */
export const stages: readonly string[] = Object.keys(StageLimits.shape)

/** One point per order and stage that was in time. */
export const stageMet = (connection: ConnectionId, stage: string): Metric =>
  counted('StageMet', { Connection: connection, Stage: stage })

/** One point per order and stage whose time ran out. */
export const stageMissed = (connection: ConnectionId, stage: string): Metric =>
  counted('StageMissed', { Connection: connection, Stage: stage })

export const ordersCaptured = (connection: ConnectionId, period?: Duration): Metric =>
  counted('OrdersCaptured', { Connection: connection }, period)

export const exceptionsRaised = (code: string): Metric => counted('ExceptionRaised', { Code: code })

const counted = (
  metricName: string,
  dimensionsMap: Record<string, string>,
  period = Duration.minutes(5),
): Metric => new Metric({ namespace, metricName, dimensionsMap, statistic: 'Sum', period })

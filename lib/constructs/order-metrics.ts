import { Duration } from 'aws-cdk-lib'
import { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import { StageLimits } from '../../schemas/settings.ts'

/** The stages of an order, each with a time limit in the settings; what is published is stock. */
export const stages: readonly string[] = Object.keys(StageLimits.shape).filter(
  (stage) => stage !== 'published',
)

export type OrderMetrics = ReturnType<typeof orderMetrics>

/** What the functions of an environment write as embedded metrics, in a namespace of its own. */
export function orderMetrics(environment: string) {
  const namespace = `Crossdock/${environment}`
  const counted = (
    metricName: string,
    dimensionsMap: Record<string, string>,
    period = Duration.minutes(5),
  ): Metric => new Metric({ namespace, metricName, dimensionsMap, statistic: 'Sum', period })
  return {
    namespace,
    /** One point per order and stage that was in time. */
    stageMet: (connection: ConnectionId, stage: string): Metric =>
      counted('StageMet', { Connection: connection, Stage: stage }),
    /** One point per order and stage whose time ran out. */
    stageMissed: (connection: ConnectionId, stage: string): Metric =>
      counted('StageMissed', { Connection: connection, Stage: stage }),
    ordersCaptured: (connection: ConnectionId, period?: Duration): Metric =>
      counted('OrdersCaptured', { Connection: connection }, period),
    /** Orders that stand past the deadline of an owner; the worst of five minutes. */
    exceptionsOverdue: (owner: string): Metric =>
      counted('ExceptionsOverdue', { Owner: owner }).with({ statistic: 'Maximum' }),
    /** One point whenever an outage opens a breaker, and for each probe that finds it still there. */
    breakerOpened: (connection: ConnectionId): Metric =>
      counted('BreakerOpened', { Connection: connection }),
    /** The same for credentials that are refused. */
    connectionHalted: (connection: ConnectionId): Metric =>
      counted('ConnectionHalted', { Connection: connection }),
    /** One point per attempt whose end is not known. */
    outcomeUnknown: (connection: ConnectionId): Metric =>
      counted('OutcomeUnknown', { Connection: connection }),
    /** One point per file that a customer has to be sent. */
    disclosuresWritten: (): Metric => counted('DisclosureWritten', {}),
    exceptionsRaised: (code: string): Metric => counted('ExceptionRaised', { Code: code }),
  }
}

import { Duration } from 'aws-cdk-lib'
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch'
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
  const stageMissed = (connection: ConnectionId, stage: string): Metric =>
    counted('StageMissed', { Connection: connection, Stage: stage })
  return {
    namespace,
    /** One point per order and stage: 0 in time, 1 too late. */
    stageMissed,
    /** Orders that missed a stage's limit, in percent of those that reached or missed it. */
    missedShare: (connection: ConnectionId, stage: string): MathExpression =>
      new MathExpression({
        label: stage,
        // Names carry the stage because one graph draws several of these.
        expression: `100 * (FILL(${stage}Missed, 0) + FILL(${stage}Out, 0)) / (FILL(${stage}All, 0) + FILL(${stage}Out, 0))`,
        usingMetrics: {
          [`${stage}All`]: stageMissed(connection, stage).with({ statistic: 'SampleCount' }),
          [`${stage}Missed`]: stageMissed(connection, stage),
          [`${stage}Out`]: counted('StageMissedInOutage', { Connection: connection, Stage: stage }),
        },
      }),
    /** Orders that reached a stage in time. */
    stageMet: (connection: ConnectionId, stage: string): MathExpression =>
      new MathExpression({
        label: stage,
        expression: `${stage}All - ${stage}Missed`,
        usingMetrics: {
          [`${stage}All`]: stageMissed(connection, stage).with({ statistic: 'SampleCount' }),
          [`${stage}Missed`]: stageMissed(connection, stage),
        },
      }),
    /** Orders captured; one in place of none while an outage, which has an alarm of its own, keeps them away. */
    ordersUnlessDown: (connection: ConnectionId, period: Duration): MathExpression =>
      new MathExpression({
        label: 'orders',
        expression: 'IF(FILL(down, 0) > 0, 1, FILL(orders, 0))',
        usingMetrics: {
          down: counted('BreakerOpened', { Connection: connection }, period),
          orders: counted('OrdersCaptured', { Connection: connection }, period),
        },
        period,
      }),
    ordersCaptured: (connection: ConnectionId, period?: Duration): Metric =>
      counted('OrdersCaptured', { Connection: connection }, period),
    /** One point per file that a customer has to be sent. */
    disclosuresWritten: (): Metric => counted('DisclosureWritten', {}),
    exceptionsRaised: (code: string): Metric => counted('ExceptionRaised', { Code: code }),
  }
}

import { Duration } from 'aws-cdk-lib'
import { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'

export type StockMetrics = ReturnType<typeof stockMetrics>

/** An environment's metrics of stock and publishing. */
export function stockMetrics(environment: string) {
  const namespace = `Crossdock/${environment}`
  const metric = (
    metricName: string,
    dimensionsMap: Record<string, string>,
    { statistic = 'Sum', period = Duration.minutes(5) } = {},
  ): Metric => new Metric({ namespace, metricName, dimensionsMap, statistic, period })
  const ofChannel = (Connection: ConnectionId) => ({ Connection })
  return {
    namespace,
    /** Units that were promised and are not there: each is counted when it comes to be so. */
    oversold: (): Metric => metric('UnitsOversold', {}),
    /** Numbers that a channel did not take. */
    refusals: (connection: ConnectionId, period?: Duration): Metric =>
      metric('PublishRefused', ofChannel(connection), { ...(period && { period }) }),
    /** Listings that stood refused when the channel was compared last. */
    refused: (connection: ConnectionId): Metric =>
      metric('ListingsRefused', ofChannel(connection), { statistic: 'Maximum' }),
    /** Listings that a person has to look at, when the channel was compared last. */
    raised: (connection: ConnectionId): Metric =>
      metric('ListingsRaised', ofChannel(connection), { statistic: 'Maximum' }),
    /** Quantities lost to a sale or another change at the channel. */
    moved: (connection: ConnectionId): Metric => metric('PublishMoved', ofChannel(connection)),
    /** Waiting listings; the maximum of five minutes. */
    waiting: (connection: ConnectionId): Metric =>
      metric('ListingsWaiting', ofChannel(connection), { statistic: 'Maximum' }),
    /** Listings that showed something else than they should. */
    drifted: (connection: ConnectionId, kind: 'in-flight' | 'missed' | 'foreign'): Metric =>
      metric('ListingsDrifted', { Connection: connection, Kind: kind }),
    /** Units that careful terms keep from a channel, when it was compared last. */
    withheld: (connection: ConnectionId): Metric =>
      metric('UnitsWithheld', ofChannel(connection), { statistic: 'Maximum' }),
  }
}

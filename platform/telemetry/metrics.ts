export interface Point {
  readonly name:
    | 'ConnectionHalted'
    | 'ConnectionThrottled'
    | 'DisclosureWritten'
    | 'ExceptionRaised'
    | 'ExceptionsOverdue'
    | 'ListingsDrifted'
    | 'ListingsRaised'
    | 'ListingsRefused'
    | 'ListingsWaiting'
    | 'MoneyWithheld'
    | 'OrdersCaptured'
    | 'OutcomeUnknown'
    | 'PublishMoved'
    | 'PublishRefused'
    | 'StageMissed'
    | 'StageMissedInOutage'
    | 'StockDrifted'
    | 'StockRaised'
    | 'StockUnexplained'
    | 'UnitsOversold'
    | 'UnitsWithheld'
    | 'BreakerOpened'
  readonly dimensions: Readonly<Record<string, string>>
  /** @default 1 */
  readonly value?: number
}

/** An environment's metrics have a namespace of their own. */
export const namespaceOf = ({ environment }: { readonly environment: string }): string =>
  `Crossdock/${environment}`

/**
 * Counts something, as a line in CloudWatch's embedded metric format: no call, no client. Zeros are not written, because a metric is
 * billed for every hour in which it has a point; of a stage a zero is the point of an order that was in time.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function count(point: Point, namespace: string, now = new Date()): void {
  const { name, dimensions, value = 1 } = point
  if (value === 0 && name !== 'StageMissed') return
  const line = {
    _aws: {
      Timestamp: now.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: namespace,
          Dimensions: [Object.keys(dimensions)],
          Metrics: [{ Name: name, Unit: 'Count' }],
        },
      ],
    },
    ...dimensions,
    [name]: value,
  }
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

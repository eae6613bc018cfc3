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
    | 'StageMet'
    | 'StageMissed'
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
 * Counts something, as a line in CloudWatch's embedded metric format: no call, no client.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function count(point: Point, namespace: string, now = new Date()): void {
  const { name, dimensions, value = 1 } = point
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

import {
  GraphWidget,
  type IWidget,
  MathExpression,
  SingleValueWidget,
} from 'aws-cdk-lib/aws-cloudwatch'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { OrderMetrics } from './order-metrics.ts'
import { type StockMetrics, stockMetrics } from './stock-metrics.ts'

/** Publishing of one channel. */
export const stockRow = (
  id: ConnectionId,
  metrics: OrderMetrics,
  stock: StockMetrics,
): IWidget[] => [
  new GraphWidget({
    title: 'Stock: published too late, % of changes, and listings that wait',
    left: [metrics.missedShare(id, 'published')],
    right: [stock.waiting(id).with({ label: 'waiting' })],
    leftYAxis: { min: 0, max: 100, showUnits: false },
    rightYAxis: { min: 0, showUnits: false },
    width: 9,
  }),
  new GraphWidget({
    title: 'Stock: rejected quantities, and quantities lost to sales',
    left: [
      stock.refusals(id).with({ label: 'refused' }),
      stock.moved(id).with({ label: 'lost to a sale' }),
    ],
    leftYAxis: { min: 0, showUnits: false },
    width: 6,
  }),
  new GraphWidget({
    title: 'Stock: drift when compared, listings',
    left: (['in-flight', 'missed', 'foreign'] as const).map((kind) =>
      stock.drifted(id, kind).with({ label: kind }),
    ),
    leftYAxis: { min: 0, showUnits: false },
    width: 5,
  }),
  new SingleValueWidget({
    title: 'Units withheld',
    metrics: [stock.withheld(id)],
    sparkline: true,
    width: 4,
  }),
]

/** Of all channels together: what must be zero, and what caution costs. */
export const stockSummary = (environment: string): IWidget[] => {
  const stock = stockMetrics(environment)
  return [
    new SingleValueWidget({
      title: 'Oversold units (must be 0)',
      metrics: [stock.oversold()],
      sparkline: true,
      width: 6,
    }),
    new GraphWidget({
      title: 'Withheld by buffers and safety stock, minor units of money',
      left: [
        new MathExpression({
          expression: `SEARCH('{${stock.namespace},Connection,Currency} MetricName="MoneyWithheld"', 'Maximum', 300)`,
          usingMetrics: {},
          label: '',
        }),
      ],
      width: 18,
    }),
  ]
}

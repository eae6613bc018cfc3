import { Duration } from 'aws-cdk-lib'
import {
  Dashboard,
  DashboardVariable,
  DefaultValue,
  GraphWidget,
  type IWidget,
  MathExpression,
  SingleValueWidget,
  Values,
  VariableInputType,
  VariableType,
} from 'aws-cdk-lib/aws-cloudwatch'
import { Construct } from 'constructs'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Deployment } from '../deployment.ts'
import { type OrderMetrics, orderMetrics, stages } from './order-metrics.ts'
import { stockMetrics } from './stock-metrics.ts'
import { stockRow, stockSummary } from './stock-widgets.ts'

/** Shown until a channel is selected. */
const chosen = 'shopify/main' as ConnectionId

/**
 * For those who sell: orders, and whether each stage keeps its promise, of the channel that is chosen above. The choices come from the
 * metrics, so that a connection comes and goes without a change here.
 */
export class CommerceDashboard extends Construct {
  constructor(scope: Construct, id: string, { environment, stock }: Deployment) {
    super(scope, id)
    const metrics = orderMetrics(environment)
    new Dashboard(this, 'Dashboard', {
      dashboardName: `crossdock-${environment}-commerce`,
      defaultInterval: Duration.days(1),
      variables: [
        new DashboardVariable({
          id: 'channel',
          label: 'Channel',
          type: VariableType.PROPERTY,
          value: 'Connection',
          inputType: VariableInputType.SELECT,
          values: Values.fromSearchComponents({
            namespace: metrics.namespace,
            dimensions: ['Connection'],
            metricName: 'OrdersCaptured',
            populateFrom: 'Connection',
          }),
          defaultValue: DefaultValue.FIRST,
          visible: true,
        }),
      ],
      widgets: [
        ordersRow(metrics),
        ...(stock
          ? [stockRow(chosen, metrics, stockMetrics(environment)), stockSummary(environment)]
          : []),
        [exceptionsByCode(metrics)],
      ],
    })
  }
}

const ordersRow = (metrics: OrderMetrics): IWidget[] => [
  new SingleValueWidget({
    title: 'Orders captured',
    metrics: [metrics.ordersCaptured(chosen, Duration.hours(1))],
    sparkline: true,
    width: 6,
  }),
  new GraphWidget({
    title: 'Missed its time limit, % of orders per stage',
    left: stages.map((stage) => metrics.missedShare(chosen, stage)),
    leftYAxis: { min: 0, max: 100, showUnits: false },
    width: 9,
  }),
  new GraphWidget({
    title: 'In time, orders per stage',
    left: stages.map((stage) => metrics.stageMet(chosen, stage)),
    leftYAxis: { min: 0, showUnits: false },
    width: 9,
  }),
]

const exceptionsByCode = ({ namespace }: OrderMetrics): IWidget =>
  new GraphWidget({
    title: 'Exceptions by code',
    left: [
      new MathExpression({
        expression: `SEARCH('{${namespace},Code} MetricName="ExceptionRaised"', 'Sum', 300)`,
        usingMetrics: {},
        label: '',
      }),
    ],
    stacked: true,
    width: 24,
  })

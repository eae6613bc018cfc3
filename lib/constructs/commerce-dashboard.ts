import { Duration } from 'aws-cdk-lib'
import {
  Dashboard,
  GraphWidget,
  type IWidget,
  MathExpression,
  SingleValueWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch'
import { Construct } from 'constructs'
import { capableOf } from '../../schemas/settings.ts'
import { type DeployedConnection, type Deployment, tellsStock } from '../deployment.ts'
import { type OrderMetrics, orderMetrics, stages } from './order-metrics.ts'
import { missedShare } from './service-level.ts'
import { stockMetrics } from './stock-metrics.ts'
import { stockRow, stockSummary } from './stock-widgets.ts'

/** For those who sell: orders, and whether each stage keeps its promise, per channel connection. */
export class CommerceDashboard extends Construct {
  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id)
    const { environment, connections } = deployment
    const stock = stockMetrics(environment)
    const isTold = tellsStock(deployment)
    const metrics = orderMetrics(environment)
    const channels = connections.filter(capableOf('orders'))
    new Dashboard(this, 'Dashboard', {
      dashboardName: `crossdock-${environment}-commerce`,
      defaultInterval: Duration.days(1),
      widgets: [
        ...channels.flatMap((channel) => [
          rowOf(channel, metrics),
          ...(isTold(channel) ? [stockRow(channel, metrics, stock)] : []),
        ]),
        ...(deployment.stock ? [stockSummary(environment)] : []),
        [exceptionsByCode(metrics)],
      ],
    })
  }
}

const rowOf = ({ id }: DeployedConnection, metrics: OrderMetrics): IWidget[] => [
  new TextWidget({ markdown: `# ${id}`, width: 24, height: 1 }),
  new SingleValueWidget({
    title: 'Orders captured',
    metrics: [metrics.ordersCaptured(id, Duration.hours(1))],
    sparkline: true,
    width: 6,
  }),
  new GraphWidget({
    title: 'Missed its time limit, % of orders per stage',
    left: stages.map((stage) => missedShare(metrics, id, stage)),
    leftYAxis: { min: 0, max: 100, showUnits: false },
    width: 9,
  }),
  new GraphWidget({
    title: 'In time, orders per stage',
    left: stages.map((stage) => metrics.stageMet(id, stage).with({ label: stage })),
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

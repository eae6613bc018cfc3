import { Duration } from 'aws-cdk-lib'
import { Dashboard, GraphWidget, MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import { Construct } from 'constructs'
import type { Deployment } from '../deployment.ts'

/**
 * For those who run it: every queue and function of the environment. Graphs search by name instead of naming
 * each, so that a connection comes and goes without two stacks having to agree on it.
 */
export class PlatformDashboard extends Construct {
  constructor(scope: Construct, id: string, { environment }: Deployment) {
    super(scope, id)
    const ours = `Crossdock ${environment}`
    const queues = (title: string, metric: string, names = ours): GraphWidget =>
      graph(title, `{AWS/SQS,QueueName} MetricName="${metric}" ${names}`, 'Maximum')
    const functions = (title: string, metric: string, statistic = 'Sum'): GraphWidget =>
      graph(title, `{AWS/Lambda,FunctionName} MetricName="${metric}" ${ours}`, statistic)

    const counts = (title: string, metric: string): GraphWidget =>
      graph(title, `{"Crossdock/${environment}",Connection} MetricName="${metric}"`, 'Sum')

    new Dashboard(this, 'Dashboard', {
      dashboardName: `crossdock-${environment}-platform`,
      defaultInterval: Duration.hours(3),
      widgets: [
        [
          queues('Messages waiting', 'ApproximateNumberOfMessagesVisible'),
          queues('Age of the oldest message, seconds', 'ApproximateAgeOfOldestMessage'),
          queues('Dead letters', 'ApproximateNumberOfMessagesVisible', `${ours} DeadLetters`),
        ],
        [
          functions('Errors', 'Errors'),
          functions('Throttles', 'Throttles'),
          functions('Duration, p95 in milliseconds', 'Duration', 'p95'),
        ],
        [
          functions('Concurrent executions', 'ConcurrentExecutions', 'Maximum'),
          functions('Age of the ledger stream, milliseconds', 'IteratorAge', 'Maximum'),
          counts('Unknown outcomes, looked up first', 'OutcomeUnknown'),
        ],
        [
          counts('Circuit breakers opened, and failed probes', 'BreakerOpened'),
          counts('Credentials rejected', 'ConnectionHalted'),
          counts('Throttled: the whole connection waits', 'ConnectionThrottled'),
        ],
        [
          // What AWS counts for an HTTP API carries its id and nothing of its name.
          graph('HTTP APIs, 4xx', '{AWS/ApiGateway,ApiId} MetricName="4xx"', 'Sum'),
          graph('HTTP APIs, 5xx', '{AWS/ApiGateway,ApiId} MetricName="5xx"', 'Sum'),
          graph(
            'Tables, throttled requests',
            `{AWS/DynamoDB,TableName,Operation} MetricName="ThrottledRequests" ${ours}`,
            'Sum',
          ),
        ],
        [
          graph(
            'Rules that failed to deliver',
            `{AWS/Events,EventBusName,RuleName} MetricName="FailedInvocations" ${ours}`,
            'Sum',
          ),
          queues(
            'Undelivered, given up: not to be redriven',
            'ApproximateNumberOfMessagesVisible',
            `${ours} (Undelivered OR GivenUp)`,
          ),
        ],
      ],
    })
  }
}

const graph = (title: string, search: string, statistic: string): GraphWidget =>
  new GraphWidget({
    title,
    left: [
      new MathExpression({
        expression: `SEARCH('${search}', '${statistic}', 60)`,
        usingMetrics: {},
        label: '',
      }),
    ],
    leftYAxis: { min: 0, showUnits: false },
    width: 8,
  })

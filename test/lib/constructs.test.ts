import { Duration, Stack } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { z } from 'zod'
import { togetherAtMost } from '../../lib/constructs/connection-lane.ts'
import { connectionName } from '../../lib/constructs/connection-name.ts'
import { CrossdockFunction } from '../../lib/constructs/crossdock-function.ts'
import { Lane } from '../../lib/constructs/lane.ts'
import { queueName } from '../../lib/constructs/queue-name.ts'
import { ScheduledFunction } from '../../lib/constructs/scheduled-function.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import { deploymentOf, quickApp, stacksIn, stacksOf, synthesized } from '../support/synthesized.ts'

const deployment = deploymentOf('demo')
const Env = z.object({ QUEUE_URL: z.string() })

const templateOf = (build: (stack: Stack) => unknown): Template => {
  const stack = new Stack(quickApp(), 'Stack')
  build(stack)
  return Template.fromStack(stack)
}

describe('a function', () => {
  const template = templateOf(
    (stack) =>
      new CrossdockFunction(stack, 'Function', {
        deployment,
        name: 'sweep-ledger',
        env: Env,
        environment: { QUEUE_URL: 'https://sqs' },
      }),
  )

  test('has our defaults', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Architectures: ['arm64'],
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      MemorySize: 512,
      Timeout: 10,
      Environment: {
        Variables: { QUEUE_URL: 'https://sqs', POWERTOOLS_SERVICE_NAME: 'sweep-ledger' },
      },
      LoggingConfig: { LogFormat: 'JSON' },
      TracingConfig: Match.absent(),
    })
  })

  test('may write its own log and do nothing else', () => {
    template.resourceCountIs('AWS::IAM::Policy', 1)
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [{ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Effect: 'Allow' }],
      },
    })
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 })
  })

  test('does not compile without a variable of its environment', () => {
    const build = (stack: Stack) =>
      new CrossdockFunction(stack, 'Function', {
        deployment,
        name: 'sweep-ledger',
        env: Env,
        // @ts-expect-error QUEUE_URL is missing
        environment: {},
      })
    expect(build).toBeInstanceOf(Function)
  })
})

describe('a lane', () => {
  const template = templateOf(
    (stack) =>
      new Lane(stack, 'Lane', {
        deployment,
        name: 'NetsuiteMain',
        consumer: 'perform-effects',
        env: Env,
        environment: ({ queueUrl }) => ({ QUEUE_URL: queueUrl }),
        impact: 'Orders wait.',
        maxConcurrency: 3,
      }),
  )

  test('gives a message six timeouts and five attempts, and keeps what fails for a fortnight', () => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      VisibilityTimeout: 60,
      MessageRetentionPeriod: 345_600,
      SqsManagedSseEnabled: true,
      RedrivePolicy: { maxReceiveCount: 5 },
    })
    template.hasResourceProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 1_209_600 })
  })

  test('has one message per invocation, as many concurrently as the system allows', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 3 },
      FilterCriteria: Match.absent(),
    })
  })

  test('with a window waits for a batch to fill, and hides its messages for as much longer', () => {
    const gathering = templateOf(
      (stack) =>
        new Lane(stack, 'Lane', {
          deployment,
          name: 'NetsuiteMain',
          consumer: 'perform-effects',
          env: Env,
          environment: ({ queueUrl }) => ({ QUEUE_URL: queueUrl }),
          impact: 'Orders wait.',
          maxConcurrency: 3,
          batchSize: 50,
          batchWindow: Duration.seconds(2),
        }),
    )
    gathering.hasResourceProperties('AWS::SQS::Queue', { VisibilityTimeout: 62 })
    gathering.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 50,
      MaximumBatchingWindowInSeconds: 2,
    })
  })

  test.each([
    [2, 1, 2],
    [4, 1, 4],
    [55, 1, 55],
    [61, 2, 30],
    [1000, 10, 100],
  ])('of a connection that bears %i has batches of %i, %i at one time', (limit, batch, at) => {
    expect(togetherAtMost(limit)).toEqual({ batchSize: batch, maxConcurrency: at })
  })

  test('lets a message be put back more often than Lambda takes for a loop', () => {
    template.hasResourceProperties('AWS::Lambda::Function', { RecursiveLoop: 'Allow' })
  })

  test.each([
    ['NetsuiteMain', false, 'Crossdock-demo-NetsuiteMainDeadLetters'],
    ['NetsuiteMain', true, 'Crossdock-demo-NetsuiteMainDeadLetters.fifo'],
  ])(
    'calls the dead letters of %s, in order %s, by the word that people look for',
    (lane, fifo, name) => {
      const named = { environment: 'demo', lane, fifo, isDeadLetters: true }
      expect(queueName(named)).toBe(name)
    },
  )

  test('keeps the word, and two long names apart, within what SQS allows', () => {
    const ends = ['eu', 'us'].map((end) => `GenericWebhook${'Northwind'.repeat(8)}-${end}`)
    const names = ends.map((lane) =>
      queueName({ environment: 'production', lane, fifo: true, isDeadLetters: true }),
    )
    for (const name of names) expect(name).toMatch(/^.{64}DeadLetters\.fifo$/)
    expect(new Set(names).size).toBe(2)
  })

  test('is watched for dead letters and for age', () => {
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'))
    expect(alarms.map(({ Properties }) => Properties.MetricName).toSorted()).toEqual([
      'ApproximateAgeOfOldestMessage',
      'ApproximateNumberOfMessagesVisible',
    ])
  })
})

describe('a scheduled function', () => {
  const template = (everyMinutes: number) =>
    templateOf(
      (stack) =>
        new ScheduledFunction(stack, 'Poll', {
          deployment,
          name: 'poll-connection',
          env: Env,
          environment: { QUEUE_URL: 'https://sqs' },
          everyMinutes,
          input: { connection: 'shopify/demo-store' },
          impact: 'Lost webhooks stay lost.',
        }),
    )

  test('is called at its rate with the scheduled time, and never into the void', () => {
    template(5).hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(5 minutes)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Input:
          '{"connection":"shopify/demo-store","scheduledTime":"<aws.scheduler.scheduled-time>"}',
        DeadLetterConfig: { Arn: Match.anyValue() },
        RetryPolicy: { MaximumEventAgeInSeconds: 300, MaximumRetryAttempts: 3 },
      },
    })
  })

  /** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html, …/API_PutMetricAlarm.html, read 2026-11-21. */
  test('called as seldom as settings allow, it asks no more of Scheduler and CloudWatch than they take', () => {
    template(1440).hasResourceProperties('AWS::Scheduler::Schedule', {
      Target: { RetryPolicy: { MaximumEventAgeInSeconds: 86_400 } },
    })
    const alarms = Object.values(template(1440).findResources('AWS::CloudWatch::Alarm'))
    const spans = alarms.map(({ Properties }) => Properties.Period * Properties.EvaluationPeriods)
    expect(Math.max(...spans)).toBeLessThanOrEqual(604_800)
  })

  test('knows the singular', () => {
    template(1).hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(1 minute)',
    })
  })
})

describe('the stacks', () => {
  const demo = stacksIn('demo')
  const example = stacksIn('example')

  test('bring the effects of one connection to its lane, and keep what cannot be delivered', () => {
    demo('Connection-NetsuiteDemoErp').hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['crossdock'],
        detail: { requests: { 'netsuite/demo-erp': [{ exists: true }] } },
      },
      Targets: [
        {
          InputPath: '$.detail',
          DeadLetterConfig: { Arn: Match.anyValue() },
          RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
        },
      ],
    })
  })

  test('publish steps with news only, and give up on a record without blocking its shard', () => {
    demo('Core').hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      StartingPosition: 'TRIM_HORIZON',
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 20,
      FilterCriteria: {
        Filters: [
          {
            Pattern:
              '{"dynamodb":{"Keys":{"sk":{"S":["head"]}},"NewImage":{"news":{"N":[{"exists":true}]}}}}',
          },
        ],
      },
    })
  })

  test('open one route, throttled, with an access log that points at nobody', () => {
    const intake = demo('Core')
    intake.hasResourceProperties('AWS::ApiGatewayV2::Route', {
      RouteKey: 'POST /webhooks/{channel}/{connection}',
    })
    const [stage] = Object.values(intake.findResources('AWS::ApiGatewayV2::Stage'))
    expect(stage?.['Properties'].DefaultRouteSettings).toEqual({
      ThrottlingBurstLimit: 2000,
      ThrottlingRateLimit: 1000,
    })
    expect(stage?.['Properties'].AccessLogSettings.Format).not.toMatch(/sourceIp|userAgent|header/i)
  })

  test('keep personal data under a key of its own, and a week of backups', () => {
    demo('State').hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      Replicas: [
        {
          PointInTimeRecoverySpecification: {
            PointInTimeRecoveryEnabled: true,
            RecoveryPeriodInDays: 7,
          },
          SSESpecification: { KMSMasterKeyId: { 'Fn::GetAtt': Match.anyValue() } },
        },
      ],
    })
  })

  test('survive deletion where the settings say so', () => {
    const policies = (template: Template) =>
      Object.values(template.findResources('AWS::S3::Bucket') ?? {}).map(
        ({ DeletionPolicy }) => DeletionPolicy,
      )
    expect(policies(demo('State'))).toEqual(['Delete', 'Delete'])
    expect(policies(example('State'))).toEqual(['Retain', 'Retain'])
    example('State').hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      Replicas: [{ DeletionProtectionEnabled: true }],
    })
  })

  test('protect what must survive from being deleted with its stack, where the settings say so', () => {
    const stateOf = (environment: string) => {
      const stacks = stacksOf(deploymentOf(environment))
      return stacks.find(({ node }) => node.id === 'State')
    }
    expect(stateOf('demo')?.terminationProtection).toBe(false)
    expect(stateOf('example')?.terminationProtection).toBe(true)
  })

  test.each([
    ['throttles of functions', '{AWS/Lambda,FunctionName} MetricName="Throttles'],
    ['throttles of tables', '{AWS/DynamoDB,TableName,Operation} MetricName="ThrottledRequests'],
    ['what the APIs refuse', '{AWS/ApiGateway,ApiId} MetricName="4xx'],
    ['what the APIs fail at', '{AWS/ApiGateway,ApiId} MetricName="5xx'],
    ['rules of our bus', '{AWS/Events,EventBusName,RuleName} MetricName="FailedInvocations'],
  ])('show %s on the platform dashboard', (_, search) => {
    const dashboards = demo('Monitoring').findResources('AWS::CloudWatch::Dashboard')
    expect(JSON.stringify(dashboards).replaceAll('\\', '').includes(search)).toBe(true)
  })

  test('keep an alarm of a state until a person has dealt with it, and no other', () => {
    const headings = [...synthesized('example').values()]
      .flatMap((template) => Object.values(template.findResources('AWS::CloudWatch::Alarm')))
      .filter(({ Properties }) => Properties.TreatMissingData === 'ignore')
      .map(({ Properties }) => Properties.AlarmDescription.split('#')[1])
    expect(headings.toSorted()).toEqual(['disclosure-waiting', 'effect-in-doubt', 'stock-oversold'])
  })

  test('tell somebody of every alarm, where the settings name somebody', () => {
    const actions = [...synthesized('example').values()]
      .flatMap((template) => Object.values(template.findResources('AWS::CloudWatch::Alarm')))
      .map(({ Properties }) => Properties.AlarmActions?.length)
    expect(new Set(actions)).toEqual(new Set([1]))
    demo('Monitoring').resourceCountIs('AWS::SNS::Topic', 0)
  })
})

describe('the Capability API', () => {
  const routes = (environment: string) => {
    const template = stacksIn(environment)('Api')
    return {
      template,
      routes: Object.values(template?.findResources('AWS::ApiGatewayV2::Route') ?? {}),
    }
  }

  test('is open to principals of AWS by their permission, unless the settings say otherwise', () => {
    const { template, routes: all } = routes('demo')
    expect(all.map(({ Properties }) => Properties.AuthorizationType)).toEqual(['AWS_IAM'])
    template?.resourceCountIs('AWS::ApiGatewayV2::Authorizer', 0)
  })

  test('is open to holders of tokens that the issuer in the settings signed', () => {
    const { template, routes: all } = routes('example')
    expect(all.map(({ Properties }) => Properties.AuthorizationType)).toEqual(['JWT'])
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: {
        Issuer: 'https://sso.example.com/realms/retail',
        Audience: ['crossdock'],
      },
    })
  })

  test('is throttled, and its calls are logged without anything that points at a person', () => {
    const { template } = routes('demo')
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      DefaultRouteSettings: { ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400 },
      AccessLogSettings: { Format: Match.not(Match.stringLikeRegexp('sourceIp|userAgent|caller')) },
    })
  })
})

test('a connection is named as CloudFormation likes it', () => {
  expect(connectionName(ConnectionId.parse('shopify/demo-store'))).toBe('ShopifyDemoStore')
})

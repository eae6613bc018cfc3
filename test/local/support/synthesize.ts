import { join } from 'node:path'
import {
  App,
  aws_apigatewayv2 as api,
  aws_cloudwatch as cloudwatch,
  Duration,
  aws_dynamodb as dynamodb,
  aws_events as events,
  aws_iam as iam,
  aws_apigatewayv2_integrations as integrations,
  aws_kms as kms,
  aws_lambda as lambda,
  aws_logs as logs,
  RemovalPolicy,
  Stack,
  Stage,
  aws_s3 as s3,
  aws_scheduler as scheduler,
  aws_scheduler_targets as schedulerTargets,
  aws_secretsmanager as secrets,
  aws_sns as sns,
  aws_lambda_event_sources as sources,
  aws_sqs as sqs,
  aws_events_targets as targets,
} from 'aws-cdk-lib'

/** Writes an assembly with every kind of resource the laptop's cloud knows; the first argument says where. */
const app = new App({ outdir: process.argv[2] ?? 'cdk.out' })
const stage = new Stage(app, 'Trial')
const state = new Stack(stage, 'State')
const work = new Stack(stage, 'Work')

const table = new dynamodb.TableV2(state, 'Ledger', {
  partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
  sortKey: { name: 'sk', type: dynamodb.AttributeType.STRING },
  dynamoStream: dynamodb.StreamViewType.NEW_IMAGE,
  timeToLiveAttribute: 'expiresAt',
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
  removalPolicy: RemovalPolicy.DESTROY,
  globalSecondaryIndexes: [
    {
      indexName: 'due',
      partitionKey: { name: 'dueShard', type: dynamodb.AttributeType.STRING },
      projectionType: dynamodb.ProjectionType.KEYS_ONLY,
    },
  ],
})
const key = new kms.Key(state, 'Key', { enableKeyRotation: true })
const bucket = new s3.Bucket(state, 'Raw', { enforceSSL: true, encryptionKey: key })
const drop = new s3.CfnBucket(state, 'Drop', {
  notificationConfiguration: { eventBridgeConfiguration: { eventBridgeEnabled: true } },
})
const bus = new events.EventBus(state, 'Bus', { eventBusName: 'trial' })

const queue = (id: string, visibility = 6) => {
  const dead = new sqs.Queue(work, `${id}Dead`, { enforceSSL: true })
  return new sqs.Queue(work, id, {
    enforceSSL: true,
    visibilityTimeout: Duration.seconds(visibility),
    deadLetterQueue: { queue: dead, maxReceiveCount: 3 },
  })
}
const intake = queue('Intake')
const lane = queue('Lane')
const parked = new sqs.Queue(work, 'Parked')
const first = new sqs.Queue(work, 'Ordered', { fifo: true, contentBasedDeduplication: true })

const dropped = new sqs.Queue(work, 'Dropped', { fifo: true, contentBasedDeduplication: true })

const fn = (id: string, handler: string, environment: Record<string, string> = {}) =>
  new lambda.Function(work, id, {
    runtime: new lambda.Runtime('nodejs24.x', lambda.RuntimeFamily.NODEJS),
    architecture: lambda.Architecture.ARM_64,
    code: lambda.Code.fromAsset(join(import.meta.dirname, 'handlers', handler)),
    handler: 'index.handler',
    memorySize: 256,
    timeout: Duration.seconds(2),
    environment,
    logGroup: new logs.LogGroup(work, `${id}Logs`, { retention: logs.RetentionDays.ONE_WEEK }),
  })

const receive = fn('Receive', 'receive', { QUEUE_URL: intake.queueUrl })
intake.grantSendMessages(receive)
const httpApi = new api.HttpApi(work, 'Api')
const toReceive = new integrations.HttpLambdaIntegration('ToReceive', receive)
httpApi.addRoutes({
  path: '/webhooks/{channel}/{connection}',
  methods: [api.HttpMethod.POST],
  integration: toReceive,
})

const transform = fn('Transform', 'transform', {
  TABLE: table.tableName,
  BUCKET: bucket.bucketName,
})
table.grantReadWriteData(transform)
bucket.grantPut(transform)
secrets.Secret.fromSecretNameV2(work, 'Secret', 'trial/one').grantRead(transform)
transform.addEventSource(
  new sources.SqsEventSource(intake, {
    batchSize: 10,
    reportBatchItemFailures: true,
    maxConcurrency: 2,
  }),
)

const publish = fn('Publish', 'publish', { BUS: bus.eventBusName })
bus.grantPutEventsTo(publish)
publish.addEventSource(
  new sources.DynamoEventSource(table, {
    startingPosition: lambda.StartingPosition.TRIM_HORIZON,
    batchSize: 10,
    retryAttempts: 2,
    bisectBatchOnError: true,
    reportBatchItemFailures: true,
    onFailure: new sources.SqsDlq(parked),
    filters: [
      lambda.FilterCriteria.filter({
        eventName: lambda.FilterRule.isEqual('INSERT'),
        dynamodb: { Keys: { sk: { S: lambda.FilterRule.beginsWith('commit#') } } },
      }),
    ],
  }),
)

const rule = new events.Rule(work, 'ToLane', {
  eventBus: bus,
  eventPattern: { source: ['crossdock'], detailType: ['effect.requested'] },
})
rule.addTarget(
  new targets.SqsQueue(lane, {
    message: events.RuleTargetInput.fromEventPath('$.detail'),
    deadLetterQueue: parked,
    retryAttempts: 3,
  }),
)
new events.Rule(work, 'Uploads', {
  eventPattern: {
    source: ['aws.s3'],
    detailType: ['Object Created'],
    detail: { bucket: { name: [drop.ref] }, object: { key: [{ prefix: 'in/' }] } },
  },
  targets: [new targets.SqsQueue(dropped, { messageGroupId: 'uploads' })],
})
const post = fn('Post', 'post', { TABLE: table.tableName })
table.grantWriteData(post)
post.addEventSource(new sources.SqsEventSource(lane, { batchSize: 1, maxConcurrency: 2 }))

const tick = fn('Tick', 'tick', { QUEUE_URL: first.queueUrl })
first.grantSendMessages(tick)
tick.configureAsyncInvoke({ retryAttempts: 1 })
new scheduler.Schedule(work, 'EveryMinute', {
  schedule: scheduler.ScheduleExpression.rate(Duration.minutes(1)),
  target: new schedulerTargets.LambdaInvoke(tick, {
    input: scheduler.ScheduleTargetInput.fromObject({
      at: scheduler.ContextAttribute.scheduledTime,
    }),
  }),
})

const topic = new sns.Topic(work, 'Alarms', { enforceSSL: true })
const alarm = new cloudwatch.Alarm(work, 'Late', {
  metric: intake.metricApproximateAgeOfOldestMessage(),
  threshold: 60,
  evaluationPeriods: 1,
})
alarm.addAlarmAction({ bind: () => ({ alarmActionArn: topic.topicArn }) })
new cloudwatch.Dashboard(work, 'Board').addWidgets(new cloudwatch.AlarmWidget({ alarm }))
new iam.ManagedPolicy(work, 'Spare', {
  statements: [
    new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: [bucket.arnForObjects('*')] }),
  ],
})
app.synth()

import { z } from 'zod'

/**
 * The resource types and properties that the laptop's cloud knows. A property with a shape is honoured;
 * `noMeaning` says that it is accepted and has none on a laptop; anything else is refused by name.
 */
const noMeaning = (names: string): object =>
  Object.fromEntries(names.split(' ').map((name) => [name, z.unknown().optional()]))

/** For resources that only watch or encrypt: nothing of them runs on a laptop. */
const watchesOnly = z.looseObject({})

const text = z.string()
const whole = z.number().int()
const Arn = z.string().startsWith('arn:')
/** A physical name of at most so many characters. */
const name = (most: number) =>
  z.string().max(most, `AWS allows at most ${most} characters`).optional()
/** A policy's shape is checked by `policy.ts`. */
const Policy = z.unknown()

const KeySchema = z.array(
  z.strictObject({ AttributeName: text, KeyType: z.enum(['HASH', 'RANGE']) }),
)
const Projection = z.strictObject({
  ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
  NonKeyAttributes: z.array(text).optional(),
})
const OnFailure = z.strictObject({
  OnFailure: z.strictObject({ Destination: Arn }).optional(),
})
const RetryPolicy = z.strictObject({
  MaximumRetryAttempts: whole.optional(),
  MaximumEventAgeInSeconds: whole.optional(),
})
const DeadLetterConfig = z.strictObject({ Arn: Arn.optional() })

export const supported = {
  'AWS::DynamoDB::GlobalTable': z.strictObject({
    TableName: name(255),
    AttributeDefinitions: z.array(z.strictObject({ AttributeName: text, AttributeType: text })),
    KeySchema,
    BillingMode: z.literal('PAY_PER_REQUEST').optional(),
    GlobalSecondaryIndexes: z
      .array(
        z.strictObject({
          IndexName: text,
          KeySchema,
          Projection,
          ...noMeaning(
            'WarmThroughput WriteOnDemandThroughputSettings ReadOnDemandThroughputSettings',
          ),
        }),
      )
      .optional(),
    LocalSecondaryIndexes: z
      .array(z.strictObject({ IndexName: text, KeySchema, Projection }))
      .optional(),
    StreamSpecification: z.strictObject({ StreamViewType: text }).optional(),
    TimeToLiveSpecification: z
      .strictObject({ Enabled: z.boolean(), AttributeName: text.optional() })
      .optional(),
    Replicas: z
      .array(
        z.strictObject({
          Region: text,
          ...noMeaning(
            'PointInTimeRecoverySpecification ContributorInsightsSpecification DeletionProtectionEnabled SSESpecification TableClass ReadOnDemandThroughputSettings GlobalSecondaryIndexes Tags',
          ),
        }),
      )
      .max(1, 'one replica only'),
    ...noMeaning('SSESpecification WarmThroughput WriteOnDemandThroughputSettings'),
  }),
  'AWS::SQS::Queue': z.strictObject({
    QueueName: name(80),
    VisibilityTimeout: whole.optional(),
    DelaySeconds: whole.optional(),
    MaximumMessageSize: whole.optional(),
    ReceiveMessageWaitTimeSeconds: whole.optional(),
    RedrivePolicy: z
      .strictObject({ deadLetterTargetArn: Arn, maxReceiveCount: z.coerce.number() })
      .optional(),
    RedriveAllowPolicy: z
      .strictObject({
        redrivePermission: z.enum(['allowAll', 'denyAll', 'byQueue']),
        sourceQueueArns: z.array(Arn).optional(),
      })
      .optional(),
    FifoQueue: z.boolean().optional(),
    ContentBasedDeduplication: z.boolean().optional(),
    DeduplicationScope: text.optional(),
    FifoThroughputLimit: text.optional(),
    // Messages do not age on a laptop: the attribute is shown, nothing is deleted.
    MessageRetentionPeriod: whole.optional(),
    ...noMeaning('SqsManagedSseEnabled KmsMasterKeyId KmsDataKeyReusePeriodSeconds Tags'),
  }),
  'AWS::SQS::QueuePolicy': z.strictObject({ Queues: z.array(text), PolicyDocument: Policy }),
  'AWS::Lambda::Function': z.strictObject({
    FunctionName: name(64),
    Code: z.strictObject({ S3Bucket: text, S3Key: text }),
    Handler: text,
    Runtime: z.enum(['nodejs22.x', 'nodejs24.x']),
    Role: Arn,
    MemorySize: whole.optional(),
    Timeout: whole.optional(),
    ReservedConcurrentExecutions: whole.optional(),
    Environment: z.strictObject({ Variables: z.record(text, z.coerce.string()) }).optional(),
    LoggingConfig: z
      .strictObject({
        LogFormat: z.enum(['Text', 'JSON']).optional(),
        ApplicationLogLevel: text.optional(),
        SystemLogLevel: text.optional(),
        LogGroup: text.optional(),
      })
      .optional(),
    DeadLetterConfig: z.strictObject({ TargetArn: Arn }).optional(),
    PackageType: z.literal('Zip').optional(),
    ...noMeaning(
      'Architectures Description EphemeralStorage KmsKeyArn RecursiveLoop RuntimeManagementConfig TracingConfig Tags VpcConfig',
    ),
  }),
  'AWS::Lambda::EventSourceMapping': z.strictObject({
    EventSourceArn: Arn,
    FunctionName: text,
    Enabled: z.boolean().optional(),
    BatchSize: whole.optional(),
    MaximumBatchingWindowInSeconds: whole.optional(),
    FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).optional(),
    ScalingConfig: z.strictObject({ MaximumConcurrency: whole.optional() }).optional(),
    FilterCriteria: z
      .strictObject({ Filters: z.array(z.strictObject({ Pattern: text })) })
      .optional(),
    StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']).optional(),
    BisectBatchOnFunctionError: z.boolean().optional(),
    MaximumRetryAttempts: whole.optional(),
    MaximumRecordAgeInSeconds: whole.optional(),
    ParallelizationFactor: whole.min(1).max(10).optional(),
    DestinationConfig: OnFailure.optional(),
    ...noMeaning('KmsKeyArn MetricsConfig Tags'),
  }),
  'AWS::Lambda::Permission': z.strictObject({
    Action: text,
    FunctionName: text,
    Principal: text,
    SourceArn: text.optional(),
    SourceAccount: text.optional(),
  }),
  'AWS::Lambda::EventInvokeConfig': z.strictObject({
    FunctionName: text,
    Qualifier: z.literal('$LATEST'),
    MaximumRetryAttempts: whole.optional(),
    MaximumEventAgeInSeconds: whole.optional(),
    DestinationConfig: OnFailure.optional(),
  }),
  'AWS::Events::EventBus': z.strictObject({
    Name: text.max(256, 'AWS allows at most 256 characters'),
    ...noMeaning('Description KmsKeyIdentifier LogConfig Tags'),
  }),
  'AWS::Events::Rule': z.strictObject({
    Name: name(64),
    EventBusName: text.optional(),
    EventPattern: z.record(text, z.unknown()),
    State: z.enum(['ENABLED', 'DISABLED']).optional(),
    Targets: z
      .array(
        z.strictObject({
          Id: text,
          Arn,
          Input: text.optional(),
          InputPath: z
            .string()
            .regex(/^\$(\.[\w-]+)*$/, 'only a plain path such as $.detail')
            .optional(),
          RetryPolicy: RetryPolicy.optional(),
          DeadLetterConfig: DeadLetterConfig.optional(),
          SqsParameters: z.strictObject({ MessageGroupId: text }).optional(),
        }),
      )
      .optional(),
    ...noMeaning('Description Tags'),
  }),
  'AWS::ApiGatewayV2::Api': z.strictObject({
    Name: text.optional(),
    ProtocolType: z.literal('HTTP'),
    ...noMeaning('Description Tags'),
  }),
  'AWS::ApiGatewayV2::Stage': z.strictObject({
    ApiId: text,
    StageName: z.literal('$default'),
    AutoDeploy: z.literal(true),
    ...noMeaning('AccessLogSettings DefaultRouteSettings RouteSettings Description Tags'),
  }),
  'AWS::ApiGatewayV2::Route': z.strictObject({
    ApiId: text,
    RouteKey: text,
    Target: text,
    AuthorizationType: z.enum(['NONE', 'AWS_IAM', 'JWT']).optional(),
    AuthorizerId: text.optional(),
    AuthorizationScopes: z.array(text).optional(),
    ...noMeaning('OperationName'),
  }),
  'AWS::ApiGatewayV2::Authorizer': z.strictObject({
    ApiId: text,
    AuthorizerType: z.literal('JWT'),
    IdentitySource: z.tuple([z.literal('$request.header.Authorization')]),
    JwtConfiguration: z.strictObject({ Audience: z.array(text).min(1), Issuer: text }),
    ...noMeaning('Name'),
  }),
  'AWS::ApiGatewayV2::Integration': z.strictObject({
    ApiId: text,
    IntegrationType: z.literal('AWS_PROXY'),
    IntegrationUri: Arn,
    PayloadFormatVersion: z.literal('2.0'),
    TimeoutInMillis: whole.optional(),
    ConnectionType: z.literal('INTERNET').optional(),
    ...noMeaning('IntegrationMethod Description'),
  }),
  'AWS::Scheduler::Schedule': z.strictObject({
    Name: name(64),
    GroupName: text.optional(),
    ScheduleExpression: text,
    ScheduleExpressionTimezone: text.optional(),
    State: z.enum(['ENABLED', 'DISABLED']).optional(),
    // A flexible window opens at the scheduled time; the laptop fires at its opening.
    FlexibleTimeWindow: z.strictObject({ Mode: text, MaximumWindowInMinutes: whole.optional() }),
    Target: z.strictObject({
      Arn,
      RoleArn: Arn,
      Input: text.optional(),
      RetryPolicy: RetryPolicy.optional(),
      DeadLetterConfig: DeadLetterConfig.optional(),
    }),
    ...noMeaning('Description KmsKeyArn'),
  }),
  'AWS::Scheduler::ScheduleGroup': z.strictObject({ Name: text.optional(), ...noMeaning('Tags') }),
  'AWS::S3::Bucket': z.strictObject({
    BucketName: name(63),
    NotificationConfiguration: z
      .strictObject({
        EventBridgeConfiguration: z.strictObject({ EventBridgeEnabled: z.boolean() }),
      })
      .optional(),
    ...noMeaning(
      'AccessControl BucketEncryption IntelligentTieringConfigurations LifecycleConfiguration LoggingConfiguration MetricsConfigurations OwnershipControls PublicAccessBlockConfiguration VersioningConfiguration Tags',
    ),
  }),
  'AWS::S3::BucketPolicy': z.strictObject({ Bucket: text, PolicyDocument: Policy }),
  'AWS::KMS::Key': watchesOnly,
  'AWS::KMS::Alias': watchesOnly,
  'AWS::IAM::Role': z.strictObject({
    RoleName: name(64),
    AssumeRolePolicyDocument: Policy,
    ManagedPolicyArns: z.array(text).optional(),
    Policies: z.array(z.strictObject({ PolicyName: text, PolicyDocument: Policy })).optional(),
    ...noMeaning('Description MaxSessionDuration Path PermissionsBoundary Tags'),
  }),
  'AWS::IAM::Policy': z.strictObject({
    PolicyName: text,
    PolicyDocument: Policy,
    Roles: z.array(text).optional(),
  }),
  'AWS::IAM::ManagedPolicy': z.strictObject({
    ManagedPolicyName: text.optional(),
    PolicyDocument: Policy,
    Roles: z.array(text).optional(),
    ...noMeaning('Description Path'),
  }),
  'AWS::Logs::LogGroup': z.strictObject({
    LogGroupName: text.optional(),
    ...noMeaning(
      'DataProtectionPolicy FieldIndexPolicies KmsKeyId LogGroupClass RetentionInDays Tags',
    ),
  }),
  'AWS::CloudWatch::Alarm': z.looseObject({ AlarmName: name(255) }),
  'AWS::CloudWatch::CompositeAlarm': watchesOnly,
  'AWS::CloudWatch::Dashboard': z.looseObject({ DashboardName: name(255) }),
  'AWS::SNS::Topic': watchesOnly,
  'AWS::SNS::TopicPolicy': watchesOnly,
  'AWS::CDK::Metadata': watchesOnly,
} as const

export type ResourceType = keyof typeof supported
export type Properties<T extends ResourceType> = z.infer<(typeof supported)[T]>

export function isSupported(type: string): type is ResourceType {
  return Object.hasOwn(supported, type)
}

/** The properties a type is known with, for a refusal's text. */
export function propertiesOf(type: ResourceType): readonly string[] {
  return Object.keys(supported[type].shape)
}

/** A synthesized template, as far as rules look into it. */
export interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: Properties }>
  >
  readonly Outputs?: Properties
}

type Properties = Readonly<Record<string, unknown>>

export interface Rule {
  readonly name: string
  /** What happens where it is broken. */
  readonly reason: string
  /** The types of resources it looks at. */
  readonly on: RegExp
  readonly broken: (resource: Properties, template: Template, type: string) => boolean
}

const day = 86_400
const mapping = /^AWS::Lambda::EventSourceMapping$/
const lambda = /^AWS::Lambda::Function$/

/** How long a physical name may be, `.fifo` included; what has none gets one from CloudFormation, which shortens it. */
export const nameLimits: Readonly<
  Record<string, { readonly property: string; readonly most: number }>
> = {
  'AWS::SQS::Queue': { property: 'QueueName', most: 80 },
  'AWS::Lambda::Function': { property: 'FunctionName', most: 64 },
  'AWS::IAM::Role': { property: 'RoleName', most: 64 },
  'AWS::Events::Rule': { property: 'Name', most: 64 },
  'AWS::Events::EventBus': { property: 'Name', most: 256 },
  'AWS::DynamoDB::GlobalTable': { property: 'TableName', most: 255 },
  'AWS::S3::Bucket': { property: 'BucketName', most: 63 },
  'AWS::CloudWatch::Alarm': { property: 'AlarmName', most: 255 },
  'AWS::CloudWatch::Dashboard': { property: 'DashboardName', most: 255 },
  'AWS::Scheduler::Schedule': { property: 'Name', most: 64 },
}

/** What a deployment must never do and cdk-nag does not ask. Each has a probe in test/lib/rules.test.ts. */
export const rules: readonly Rule[] = [
  {
    name: 'visibility-of-six-timeouts',
    reason:
      'A message is delivered again while it is still being processed; AWS asks for six timeouts.',
    on: mapping,
    broken: (source, template) => {
      if (!fromQueue(source)) return false
      const queue = named(template, source['EventSourceArn'])
      const consumer = named(template, source['FunctionName'])
      if (!queue || !consumer) return true
      return Number(queue['VisibilityTimeout'] ?? 30) < 6 * Number(consumer['Timeout'] ?? 3)
    },
  },
  {
    name: 'partial-batch-responses',
    reason: 'One bad message makes its whole batch fail.',
    on: mapping,
    broken: (source) => !list(source['FunctionResponseTypes']).includes('ReportBatchItemFailures'),
  },
  {
    name: 'max-concurrency',
    reason: 'Nothing protects the system behind the lane from a peak.',
    on: mapping,
    broken: (source) => fromQueue(source) && !at(source, 'ScalingConfig.MaximumConcurrency'),
  },
  {
    name: 'no-reserved-concurrency',
    reason: 'Throttled receives count as attempts, so a peak turns good orders into dead letters.',
    on: lambda,
    broken: (each) => each['ReservedConcurrentExecutions'] !== undefined,
  },
  {
    name: 'no-filter-on-queues',
    reason: 'Lambda deletes messages that do not match a filter.',
    on: mapping,
    broken: (source) => fromQueue(source) && source['FilterCriteria'] !== undefined,
  },
  {
    name: 'consumed-queues-have-dead-letters',
    reason: 'A message that cannot be processed is retried until it expires.',
    on: mapping,
    broken: (source, template) =>
      fromQueue(source) &&
      !at(named(template, source['EventSourceArn']), 'RedrivePolicy.deadLetterTargetArn'),
  },
  {
    name: 'dead-letters-outlive-their-source',
    reason:
      'A dead letter keeps its first timestamp: after four days in the queue, ten remain to act on it.',
    on: /^AWS::SQS::Queue$/,
    broken: (queue, template) => {
      const target = at(queue, 'RedrivePolicy.deadLetterTargetArn')
      if (!target) return false
      return keptFor(queue) > 4 * day || keptFor(named(template, target)) < 14 * day
    },
  },
  {
    name: 'only-what-redrives-is-called-dead-letters',
    reason:
      'People find dead letters by name, and the console redrives only messages that came from a queue.',
    on: /^AWS::SQS::Queue$/,
    broken: (queue, template) => {
      const redriven = Object.values(template.Resources)
        .map(({ Properties }) =>
          named(template, at(Properties, 'RedrivePolicy.deadLetterTargetArn')),
        )
        .includes(queue)
      const [id = ''] =
        Object.entries(template.Resources).find(([, { Properties }]) => Properties === queue) ?? []
      const name = String(queue['QueueName'] ?? '')
      return redriven ? !name.includes('DeadLetters') : `${name} ${id}`.includes('DeadLetters')
    },
  },
  {
    name: 'rules-have-dead-letters',
    reason: 'EventBridge drops events that it cannot deliver.',
    on: /^AWS::Events::Rule$/,
    broken: (rule) => list(rule['Targets']).some((target) => !at(target, 'DeadLetterConfig.Arn')),
  },
  {
    name: 'schedules-have-dead-letters',
    reason: 'A run that cannot be delivered leaves no trace.',
    on: /^AWS::Scheduler::Schedule$/,
    broken: (schedule) => !at(schedule, 'Target.DeadLetterConfig.Arn'),
  },
  {
    name: 'asynchronous-functions-have-dead-letters',
    reason: 'Lambda drops an asynchronous event after two retries.',
    on: /^AWS::(Scheduler::Schedule|Events::Rule|Lambda::Permission)$/,
    broken: (caller, template) => {
      if (caller['Principal'] === 'apigateway.amazonaws.com') return false
      const targets = [at(caller, 'Target.Arn'), caller['FunctionName']].concat(
        list(caller['Targets']).map((target) => at(target, 'Arn')),
      )
      return targets
        .map((target) => logicalId(target))
        .filter((id) => lambda.test(template.Resources[id]?.Type ?? ''))
        .some((id) => !at(template.Resources[id]?.Properties, 'DeadLetterConfig.TargetArn'))
    },
  },
  {
    name: 'streams-end-somewhere',
    reason: 'A record that cannot be processed is dropped, or blocks its shard for a day.',
    on: mapping,
    broken: (source) =>
      !fromQueue(source) &&
      (!at(source, 'DestinationConfig.OnFailure.Destination') ||
        Number(source['MaximumRetryAttempts'] ?? -1) < 0),
  },
  {
    name: 'logs-have-retention',
    reason: 'Logs are kept and billed for ever.',
    on: /^AWS::Logs::LogGroup$/,
    broken: (group) => !group['RetentionInDays'],
  },
  {
    name: 'functions-have-their-own-log',
    reason: 'Lambda creates its own log group without retention, or two functions share one.',
    on: lambda,
    broken: (each, template) => !alone(each, template, 'LoggingConfig.LogGroup'),
  },
  {
    name: 'functions-have-their-own-role',
    reason: 'A function can do what was granted to another.',
    on: lambda,
    broken: (each, template) => !alone(each, template, 'Role'),
  },
  {
    name: 'no-wildcard-actions',
    reason: 'A wildcard grants actions that no one decided on, including those AWS adds later.',
    // Not a key's own policy: it has to leave the account in charge, and roles still name each action.
    on: /^AWS::(IAM::.*|SQS::QueuePolicy|SNS::TopicPolicy|S3::BucketPolicy|Events::EventBusPolicy)$/,
    broken: (resource) =>
      statementsIn(resource).some(
        (statement) =>
          statement['Effect'] === 'Allow' &&
          list(statement['Action']).some((action) => String(action).includes('*')),
      ),
  },
  {
    name: 'no-managed-policies',
    reason: 'The permissions are written elsewhere and change without a deployment.',
    on: /^AWS::IAM::Role$/,
    broken: (role) => list(role['ManagedPolicyArns']).length > 0,
  },
  {
    name: 'alarms-say-whom-they-hurt',
    reason: 'The alarm does not say why it matters or what to do.',
    on: /^AWS::CloudWatch::Alarm$/,
    broken: (alarm) =>
      !/^.+\.\nRunbook: docs\/runbook\.md#[a-z-]+$/.test(String(alarm['AlarmDescription'])),
  },
  {
    name: 'names-fit',
    reason: 'AWS rejects a name that is too long, and the deployment fails.',
    on: new RegExp(`^(${Object.keys(nameLimits).join('|')})$`),
    broken: (resource, _, type) => {
      const limit = nameLimits[type]
      return limit !== undefined && String(resource[limit.property] ?? '').length > limit.most
    },
  },
  {
    name: 'fifo-queues-are-named',
    reason:
      'CloudFormation does not shorten generated names of FIFO queues to the 80 characters that SQS allows.',
    on: /^AWS::SQS::Queue$/,
    broken: (queue) => queue['FifoQueue'] === true && typeof queue['QueueName'] !== 'string',
  },
  {
    name: 'no-custom-resources',
    reason: 'A deployment would run code that is not monitored.',
    on: /^(Custom::|AWS::CloudFormation::CustomResource$)/,
    broken: () => true,
  },
]

/** Every resource of a template that breaks a rule. */
export const breaches = (template: Template): { readonly rule: Rule; readonly id: string }[] =>
  Object.entries(template.Resources).flatMap(([id, { Type, Properties = {} }]) =>
    rules
      .filter(({ on, broken }) => on.test(Type) && broken(Properties, template, Type))
      .map((rule) => ({ rule, id })),
  )

/** An event source mapping names its place to start only for a stream. */
const fromQueue = (source: Properties): boolean => source['StartingPosition'] === undefined

const keptFor = (queue: Properties | undefined): number =>
  Number(queue?.['MessageRetentionPeriod'] ?? 4 * day)

/** Whether a function has something, and no other function of the template has the same. */
function alone(each: Properties, { Resources }: Template, path: string): boolean {
  const own = logicalId(at(each, path))
  const users = Object.values(Resources).filter(
    ({ Type, Properties }) => lambda.test(Type) && logicalId(at(Properties, path)) === own,
  )
  return own !== '' && users.length === 1
}

/** The policy statements anywhere in a resource. */
function statementsIn(value: unknown): Properties[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) =>
    key === 'Statement' ? list(each).filter(isProperties) : statementsIn(each),
  )
}

/** The properties of the resource that a `Ref` or `Fn::GetAtt` names, if it is in this template. */
const named = ({ Resources }: Template, reference: unknown): Properties | undefined =>
  Resources[logicalId(reference)]?.Properties

function logicalId(reference: unknown): string {
  const target = at(reference, 'Ref') ?? list(at(reference, 'Fn::GetAtt'))[0]
  return typeof target === 'string' ? target : ''
}

const at = (value: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((each, key) => (isProperties(each) ? each[key] : undefined), value)

const list = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value]

const isProperties = (value: unknown): value is Properties =>
  typeof value === 'object' && value !== null

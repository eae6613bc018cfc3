import { breaches, nameLimits, rules, type Template } from '../../lib/rules.ts'
import { synthesized } from '../support/synthesized.ts'

type Resources = Record<string, { Type: string; Properties: Record<string, unknown> }>

/** The smallest template in which nothing is broken. */
const sound = (): Resources => ({
  Queue: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      VisibilityTimeout: 60,
      MessageRetentionPeriod: 345_600,
      RedrivePolicy: { deadLetterTargetArn: arn('Dead'), maxReceiveCount: 5 },
    },
  },
  Dead: {
    Type: 'AWS::SQS::Queue',
    Properties: { QueueName: 'IntakeDeadLetters', MessageRetentionPeriod: 1_209_600 },
  },
  Log: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 30 } },
  Role: { Type: 'AWS::IAM::Role', Properties: {} },
  Policy: {
    Type: 'AWS::IAM::Policy',
    Properties: {
      PolicyDocument: {
        Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arn('Queue') }],
      },
    },
  },
  Function: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Timeout: 10,
      Role: arn('Role'),
      LoggingConfig: { LogGroup: { Ref: 'Log' } },
      DeadLetterConfig: { TargetArn: arn('Dead') },
    },
  },
  FromQueue: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: arn('Queue'),
      FunctionName: { Ref: 'Function' },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    },
  },
  FromStream: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      StartingPosition: 'TRIM_HORIZON',
      FunctionName: { Ref: 'Function' },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      FilterCriteria: { Filters: [{ Pattern: '{}' }] },
      MaximumRetryAttempts: 20,
      DestinationConfig: { OnFailure: { Destination: arn('Dead') } },
    },
  },
  Rule: {
    Type: 'AWS::Events::Rule',
    Properties: { Targets: [{ Arn: arn('Queue'), DeadLetterConfig: { Arn: arn('Dead') } }] },
  },
  Schedule: {
    Type: 'AWS::Scheduler::Schedule',
    Properties: { Target: { Arn: arn('Function'), DeadLetterConfig: { Arn: arn('Dead') } } },
  },
  Alarm: {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: { AlarmDescription: 'Orders wait.\nRunbook: docs/runbook.md#dead-letters' },
  },
})

const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] })

/** For each rule, the change that has to be caught. */
const probes: Record<string, (resources: Resources) => void> = {
  'visibility-of-six-timeouts': set('Queue', 'VisibilityTimeout', 59),
  'partial-batch-responses': set('FromQueue', 'FunctionResponseTypes', undefined),
  'max-concurrency': set('FromQueue', 'ScalingConfig', undefined),
  'no-reserved-concurrency': set('Function', 'ReservedConcurrentExecutions', 5),
  'no-filter-on-queues': set('FromQueue', 'FilterCriteria', { Filters: [] }),
  'consumed-queues-have-dead-letters': set('Queue', 'RedrivePolicy', undefined),
  'dead-letters-outlive-their-source': set('Dead', 'MessageRetentionPeriod', 345_600),
  'only-what-redrives-is-called-dead-letters': set('Dead', 'QueueName', undefined),
  'rules-have-dead-letters': set('Rule', 'Targets', [{ Arn: arn('Queue') }]),
  'schedules-have-dead-letters': set('Schedule', 'Target', { Arn: arn('Function') }),
  'asynchronous-functions-have-dead-letters': set('Function', 'DeadLetterConfig', undefined),
  'streams-end-somewhere': set('FromStream', 'DestinationConfig', undefined),
  'logs-have-retention': set('Log', 'RetentionInDays', undefined),
  'functions-have-their-own-log': set('Function', 'LoggingConfig', { LogFormat: 'JSON' }),
  'functions-have-their-own-role': (resources) => {
    resources['Second'] = {
      Type: 'AWS::Lambda::Function',
      Properties: { Role: arn('Role'), LoggingConfig: { LogGroup: 'other' } },
    }
  },
  'no-wildcard-actions': set('Policy', 'PolicyDocument', {
    Statement: [{ Effect: 'Allow', Action: ['kms:GenerateDataKey*'], Resource: arn('Queue') }],
  }),
  'no-managed-policies': set('Role', 'ManagedPolicyArns', ['arn:aws:iam::aws:policy/Any']),
  'alarms-say-whom-they-hurt': set('Alarm', 'AlarmDescription', 'Orders wait'),
  'names-fit': set('Queue', 'QueueName', 'q'.repeat(81)),
  'fifo-queues-are-named': set('Queue', 'FifoQueue', true),
  'no-custom-resources': (resources) => {
    resources['Own'] = { Type: 'Custom::Anything', Properties: {} }
  },
}

test('a correct template violates no rule', () => {
  expect(broken({ Resources: sound() })).toEqual([])
})

test.each(rules)('$name catches what breaks it', ({ name }) => {
  const resources = sound()
  probes[name]?.(resources)
  expect(broken({ Resources: resources })).toContain(name)
})

test('a queue without redrive is not named dead letters', () => {
  const named = {
    ...sound(),
    Lost: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'LostDeadLetters' } },
  }
  expect(broken({ Resources: named })).toContain('only-what-redrives-is-called-dead-letters')
  const byId = { ...sound(), PollDeadLetters: { Type: 'AWS::SQS::Queue', Properties: {} } }
  expect(broken({ Resources: byId })).toContain('only-what-redrives-is-called-dead-letters')
})

test.each(Object.entries(nameLimits))(
  'a name of %s may be so long and no longer',
  (Type, limit) => {
    const named = (length: number): Template => ({
      Resources: { Named: { Type, Properties: { [limit.property]: 'n'.repeat(length) } } },
    })
    expect(broken(named(limit.most))).not.toContain('names-fit')
    expect(broken(named(limit.most + 1))).toContain('names-fit')
  },
)

test.each(['demo', 'example'])('the stacks of %s break nothing', (environment) => {
  const templates = [...synthesized(environment).values()]
  expect(templates.flatMap((template) => broken(template.toJSON() as Template))).toEqual([])
})

function broken(template: Template): string[] {
  return breaches(template).map(({ rule }) => rule.name)
}

function set(id: string, property: string, value: unknown) {
  return (resources: Resources): void => {
    Object.assign(resources[id]?.Properties ?? {}, { [property]: value })
  }
}

import type { Model, Resource } from './model.ts'
import { nameOf } from './model.ts'
import type { Refuse } from './refusal.ts'
import type { Access } from './roles.ts'

/** Checks at start what AWS checks when it wires or first uses a source, a target or a route. */
export function checkWiring(model: Model, access: Access, refuse: Refuse): void {
  for (const mapping of model.of('AWS::Lambda::EventSourceMapping')) {
    checkMapping(model, access, mapping, refuse)
  }
  for (const queue of model.of('AWS::SQS::Queue')) checkRedrive(model, queue, refuse)
  for (const rule of model.of('AWS::Events::Rule')) checkRule(model, access, rule, refuse)
  for (const schedule of model.of('AWS::Scheduler::Schedule')) {
    checkSchedule(model, access, schedule, refuse)
  }
  for (const fn of model.of('AWS::Lambda::Function')) checkFunction(model, access, fn, refuse)
  for (const config of model.of('AWS::Lambda::EventInvokeConfig')) {
    const destination = config.properties.DestinationConfig?.OnFailure?.Destination
    const fn = findFunction(model, config.properties.FunctionName)
    checkDestination(model, access, { resource: config, fn, destination }, refuse)
  }
  for (const integration of model.of('AWS::ApiGatewayV2::Integration')) {
    checkPermission(model, integration, integration.properties.IntegrationUri, {
      principal: 'apigateway.amazonaws.com',
      source: `arn:aws:execute-api:${model.place.region}:${model.place.account}:${integration.properties.ApiId}/*`,
      refuse,
    })
  }
}

/** The function that a name, an ARN or an API Gateway invocation path means. */
export function findFunction(
  model: Model,
  reference: string,
): Resource<'AWS::Lambda::Function'> | undefined {
  const name = /function:([^:/]+)/.exec(reference)?.[1] ?? reference
  return model.of('AWS::Lambda::Function').find(({ attributes }) => attributes.Ref === name)
}

/** The queue with this ARN. */
function findQueue(model: Model, arn: string): Resource<'AWS::SQS::Queue'> | undefined {
  return model.of('AWS::SQS::Queue').find(({ attributes }) => attributes['Arn'] === arn)
}

const sourceActions = {
  sqs: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  dynamodb: [
    'dynamodb:DescribeStream',
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
    'dynamodb:ListStreams',
  ],
}

type Mapping = Resource<'AWS::Lambda::EventSourceMapping'>

function checkMapping(model: Model, access: Access, mapping: Mapping, refuse: Refuse): void {
  const { EventSourceArn, FunctionName, DestinationConfig } = mapping.properties
  const where = nameOf(mapping)
  const fn = findFunction(model, FunctionName)
  if (!fn) {
    refuse(`${where}: function ${FunctionName} is not in this assembly`)
    return
  }
  const kind = EventSourceArn.startsWith('arn:aws:sqs:') ? 'sqs' : 'dynamodb'
  for (const action of sourceActions[kind]) {
    if (access.role(fn.properties.Role, { action, resource: EventSourceArn })) continue
    refuse(`${where}: the role of ${nameOf(fn)} lacks ${action} on ${EventSourceArn}`)
  }
  if (kind === 'sqs') checkQueueMapping(model, mapping, fn, refuse)
  else checkStreamMapping(model, mapping, refuse)
  const destination = DestinationConfig?.OnFailure?.Destination
  checkDestination(model, access, { resource: mapping, fn, destination }, refuse)
}

function checkQueueMapping(
  model: Model,
  mapping: Mapping,
  fn: Resource<'AWS::Lambda::Function'>,
  refuse: Refuse,
): void {
  const { properties } = mapping
  const where = nameOf(mapping)
  const queue = findQueue(model, properties.EventSourceArn)
  if (!queue) {
    refuse(`${where}: queue ${properties.EventSourceArn} is not in this assembly`)
    return
  }
  if (properties.FilterCriteria) {
    refuse(
      `${where}: property FilterCriteria is not supported on a queue (it deletes what it filters)`,
    )
  }
  for (const name of streamOnly) {
    if (properties[name] !== undefined) {
      refuse(`${where}: property ${name} has no meaning on a queue`)
    }
  }
  const batch = properties.BatchSize ?? 10
  if (batch > 10 && !properties.MaximumBatchingWindowInSeconds) {
    refuse(`${where}: property BatchSize: above 10 a MaximumBatchingWindowInSeconds is needed`)
  }
  const visibility = queue.properties.VisibilityTimeout ?? 30
  if (visibility < (fn.properties.Timeout ?? 3)) {
    refuse(
      `${where}: visibility timeout of ${nameOf(queue)} (${visibility} s) is less than the function's timeout`,
    )
  }
}

const streamOnly = [
  'BisectBatchOnFunctionError',
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
  'ParallelizationFactor',
  'StartingPosition',
  'DestinationConfig',
] as const

function checkStreamMapping(model: Model, mapping: Mapping, refuse: Refuse): void {
  const { EventSourceArn, ScalingConfig, StartingPosition } = mapping.properties
  const where = nameOf(mapping)
  const table = model
    .of('AWS::DynamoDB::GlobalTable')
    .find(({ attributes }) => EventSourceArn.startsWith(`${attributes['Arn']}/stream/`))
  if (!table) {
    refuse(`${where}: stream ${EventSourceArn} is not in this assembly`)
    return
  }
  if (!table.properties.StreamSpecification) {
    refuse(`${where}: ${nameOf(table)} has no StreamSpecification`)
  }
  if (ScalingConfig) refuse(`${where}: property ScalingConfig has no meaning on a stream`)
  if (!StartingPosition) refuse(`${where}: property StartingPosition is needed on a stream`)
}

function checkRedrive(model: Model, queue: Resource<'AWS::SQS::Queue'>, refuse: Refuse): void {
  const target = queue.properties.RedrivePolicy?.deadLetterTargetArn
  if (target === undefined) return
  const deadLetters = findQueue(model, target)
  if (!deadLetters) {
    refuse(`${nameOf(queue)}: dead-letter queue ${target} is not in this assembly`)
    return
  }
  const allowed = deadLetters.properties.RedriveAllowPolicy
  const listed = allowed?.sourceQueueArns?.includes(queue.attributes['Arn'] ?? '')
  if (allowed?.redrivePermission === 'denyAll' || (allowed?.sourceQueueArns && !listed)) {
    refuse(`${nameOf(queue)}: the RedriveAllowPolicy of ${nameOf(deadLetters)} does not let it in`)
  }
}

/** A function without these writes no log and loses what it could not handle, and nobody is told. */
function checkFunction(
  model: Model,
  access: Access,
  fn: Resource<'AWS::Lambda::Function'>,
  refuse: Refuse,
): void {
  const { Role, LoggingConfig, DeadLetterConfig } = fn.properties
  const destination = DeadLetterConfig?.TargetArn
  checkDestination(model, access, { resource: fn, fn, destination }, refuse)
  const log = model
    .of('AWS::Logs::LogGroup')
    .find(({ attributes }) => attributes.Ref === LoggingConfig?.LogGroup)
  const resource = log?.attributes['Arn'] ?? ''
  for (const action of log ? ['logs:CreateLogStream', 'logs:PutLogEvents'] : []) {
    if (access.role(Role, { action, resource })) continue
    refuse(`${nameOf(fn)}: its role lacks ${action} on ${resource}`)
  }
}

function checkDestination(
  model: Model,
  access: Access,
  given: {
    readonly resource: Resource
    readonly fn: Resource<'AWS::Lambda::Function'> | undefined
    readonly destination: string | undefined
  },
  refuse: Refuse,
): void {
  const { resource, fn, destination } = given
  if (destination === undefined) return
  const where = nameOf(resource)
  if (!findQueue(model, destination)) {
    refuse(`${where}: destination ${destination} is no queue of this assembly`)
  } else if (fn && !access.role(fn.properties.Role, send(destination))) {
    refuse(`${where}: the role of ${nameOf(fn)} lacks sqs:SendMessage on ${destination}`)
  }
}

function checkRule(
  model: Model,
  access: Access,
  rule: Resource<'AWS::Events::Rule'>,
  refuse: Refuse,
): void {
  const source = rule.attributes['Arn'] ?? ''
  const mayReach = (arn: string) =>
    access.service('events.amazonaws.com', {
      ...send(arn),
      context: { 'aws:sourcearn': [source], 'aws:sourceaccount': [model.place.account] },
    })
  for (const target of rule.properties.Targets ?? []) {
    const where = `${nameOf(rule)}: target ${target.Id}`
    if (findFunction(model, target.Arn)) {
      checkPermission(model, rule, target.Arn, {
        principal: 'events.amazonaws.com',
        source,
        refuse,
      })
    } else if (!findQueue(model, target.Arn)) {
      refuse(`${where}: ${target.Arn} is neither a queue nor a function of this assembly`)
    } else if (!mayReach(target.Arn)) {
      refuse(`${where}: no queue policy lets events.amazonaws.com sqs:SendMessage to ${target.Arn}`)
    }
    const dead = target.DeadLetterConfig?.Arn
    if (dead !== undefined && !mayReach(dead)) {
      refuse(`${where}: no queue policy lets events.amazonaws.com sqs:SendMessage to ${dead}`)
    }
  }
}

function checkSchedule(
  model: Model,
  access: Access,
  schedule: Resource<'AWS::Scheduler::Schedule'>,
  refuse: Refuse,
): void {
  const { Arn, RoleArn, DeadLetterConfig } = schedule.properties.Target
  const where = nameOf(schedule)
  const fn = findFunction(model, Arn)
  if (!fn && !findQueue(model, Arn)) {
    refuse(`${where}: target ${Arn} is neither a function nor a queue of this assembly`)
  }
  const question = fn ? { action: 'lambda:InvokeFunction', resource: Arn } : send(Arn)
  const dead = DeadLetterConfig?.Arn
  for (const needed of dead === undefined ? [question] : [question, send(dead)]) {
    if (access.role(RoleArn, needed)) continue
    refuse(`${where}: role ${RoleArn} lacks ${needed.action} on ${needed.resource}`)
  }
}

function checkPermission(
  model: Model,
  resource: Resource,
  functionArn: string,
  caller: { readonly principal: string; readonly source: string; readonly refuse: Refuse },
): void {
  const where = nameOf(resource)
  const fn = findFunction(model, functionArn)
  if (!fn) {
    caller.refuse(`${where}: function ${functionArn} is not in this assembly`)
    return
  }
  const permitted = model
    .of('AWS::Lambda::Permission')
    .some(
      ({ properties }) =>
        properties.Action === 'lambda:InvokeFunction' &&
        findFunction(model, properties.FunctionName) === fn &&
        properties.Principal === caller.principal &&
        (properties.SourceArn === undefined || overlaps(properties.SourceArn, caller.source)),
    )
  if (!permitted) {
    caller.refuse(
      `${where}: no AWS::Lambda::Permission lets ${caller.principal} invoke ${nameOf(fn)}`,
    )
  }
}

/** True when two ARNs with wildcards can mean the same: equal up to the first wildcard of either. */
function overlaps(left: string, right: string): boolean {
  const [a = ''] = left.split('*')
  const [b = ''] = right.split('*')
  return a.startsWith(b) || b.startsWith(a)
}

function send(arn: string): { readonly action: string; readonly resource: string } {
  return { action: 'sqs:SendMessage', resource: arn }
}

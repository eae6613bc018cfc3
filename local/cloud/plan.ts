import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { AsyncSettings } from './async-invoke.ts'
import type { Authorization } from './authorize.ts'
import { timetable } from './aws-cron.ts'
import type { Rule, Target } from './event-bus.ts'
import { unsupportedIn } from './event-pattern.ts'
import type { ApiRoute } from './http-api.ts'
import { type Model, nameOf, type Resource } from './model.ts'
import type { Refuse } from './refusal.ts'
import type { Schedule } from './scheduler.ts'
import type { SqsSource } from './sqs-source.ts'
import type { StreamSource } from './stream-source.ts'
import { findFunction } from './wiring.ts'

/** What runs: everything that starts functions, read from the model. */
export interface Plan {
  readonly sqsSources: readonly SqsSource[]
  readonly streamSources: readonly StreamSource[]
  readonly rules: readonly Rule[]
  readonly schedules: readonly Schedule[]
  readonly routes: readonly ApiRoute[]
  readonly asyncSettings: ReadonlyMap<string, AsyncSettings>
}

/** Reads sources, rules, schedules and routes; what cannot run is refused by name. */
export function readPlan(model: Model, refuse: Refuse): Plan {
  const mappings = model
    .of('AWS::Lambda::EventSourceMapping')
    .filter(({ properties }) => properties.Enabled !== false)
  const isQueue = ({ properties }: Mapping) => properties.EventSourceArn.startsWith('arn:aws:sqs:')
  refuseTwice(model, refuse)
  for (const fn of model.of('AWS::Lambda::Function')) checkCode(model, fn, refuse)
  return {
    sqsSources: mappings.filter(isQueue).map((mapping) => sqsSource(model, mapping)),
    streamSources: mappings
      .filter((mapping) => !isQueue(mapping))
      .map((mapping) => streamSource(model, mapping, refuse)),
    rules: model
      .of('AWS::Events::Rule')
      .filter(({ properties }) => properties.State !== 'DISABLED')
      .map((rule) => busRule(model, rule, refuse)),
    schedules: model
      .of('AWS::Scheduler::Schedule')
      .filter(({ properties }) => properties.State !== 'DISABLED')
      .map((schedule) => scheduleOf(model, schedule, refuse)),
    routes: model.of('AWS::ApiGatewayV2::Route').flatMap((route) => routeOf(model, route, refuse)),
    asyncSettings: new Map(
      model
        .of('AWS::Lambda::Function')
        .map((fn) => [fn.attributes.Ref, asyncSettingsOf(model, fn)]),
    ),
  }
}

type Mapping = Resource<'AWS::Lambda::EventSourceMapping'>

function sqsSource(model: Model, { properties }: Mapping): SqsSource {
  return {
    queueArn: properties.EventSourceArn,
    functionName: findFunction(model, properties.FunctionName)?.attributes.Ref ?? '',
    region: model.place.region,
    batchSize: properties.BatchSize ?? 10,
    batchingWindow: properties.MaximumBatchingWindowInSeconds ?? 0,
    reportsFailures: properties.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
    concurrency: properties.ScalingConfig?.MaximumConcurrency ?? Number.POSITIVE_INFINITY,
  }
}

function streamSource(model: Model, mapping: Mapping, refuse: Refuse): StreamSource {
  const { properties } = mapping
  const fn = findFunction(model, properties.FunctionName)
  const filters = (properties.FilterCriteria?.Filters ?? []).map(({ Pattern }) =>
    readPattern(Pattern, mapping, refuse),
  )
  return {
    // Another stream is another mapping, which begins anew.
    mappingArn: `${mapping.attributes['EventSourceMappingArn']}${labelOf(properties.EventSourceArn)}`,
    streamArn: properties.EventSourceArn,
    tableName: properties.EventSourceArn.split('/')[1] ?? '',
    functionName: fn?.attributes.Ref ?? '',
    functionArn: fn?.attributes['Arn'] ?? '',
    region: model.place.region,
    batchSize: properties.BatchSize ?? 100,
    batchingWindow: properties.MaximumBatchingWindowInSeconds ?? 0,
    reportsFailures: properties.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
    bisects: properties.BisectBatchOnFunctionError ?? false,
    maxRetries: properties.MaximumRetryAttempts ?? -1,
    maxAge: properties.MaximumRecordAgeInSeconds ?? -1,
    parallel: properties.ParallelizationFactor ?? 1,
    startsAt: properties.StartingPosition ?? 'TRIM_HORIZON',
    filters,
    onFailure: properties.DestinationConfig?.OnFailure?.Destination,
  }
}

function readPattern(
  text: string,
  resource: Resource,
  refuse: Refuse,
): Readonly<Record<string, unknown>> {
  try {
    const pattern: unknown = JSON.parse(text)
    const problem = unsupportedIn(pattern)
    if (problem) refuse(`${nameOf(resource)}: property FilterCriteria: ${problem}`)
    return Object(pattern)
  } catch {
    refuse(`${nameOf(resource)}: property FilterCriteria: ${text} is no JSON`)
    return {}
  }
}

function busRule(model: Model, rule: Resource<'AWS::Events::Rule'>, refuse: Refuse): Rule {
  const { EventPattern, EventBusName, Targets = [] } = rule.properties
  const problem = unsupportedIn(EventPattern)
  if (problem) refuse(`${nameOf(rule)}: property EventPattern: ${problem}`)
  return {
    name: rule.attributes.Ref,
    arn: rule.attributes['Arn'] ?? '',
    busName: EventBusName?.split('/').at(-1) ?? 'default',
    pattern: EventPattern,
    targets: Targets.map(
      (target): Target => ({
        arn: target.Arn,
        functionName: findFunction(model, target.Arn)?.attributes.Ref,
        input: target.Input,
        inputPath: target.InputPath,
        groupId: target.SqsParameters?.MessageGroupId,
        maxRetries: target.RetryPolicy?.MaximumRetryAttempts ?? 185,
        maxAge: target.RetryPolicy?.MaximumEventAgeInSeconds ?? 86_400,
        deadLetters: target.DeadLetterConfig?.Arn,
      }),
    ),
  }
}

function scheduleOf(
  model: Model,
  schedule: Resource<'AWS::Scheduler::Schedule'>,
  refuse: Refuse,
): Schedule {
  const { ScheduleExpression, ScheduleExpressionTimezone, Target } = schedule.properties
  try {
    timetable(ScheduleExpression, ScheduleExpressionTimezone)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    refuse(`${nameOf(schedule)}: property ScheduleExpression: ${message}`)
  }
  return {
    name: schedule.attributes.Ref,
    arn: schedule.attributes['Arn'] ?? '',
    expression: ScheduleExpression,
    timezone: ScheduleExpressionTimezone,
    targetArn: Target.Arn,
    functionName: findFunction(model, Target.Arn)?.attributes.Ref,
    input: Target.Input ?? '{}',
  }
}

function routeOf(
  model: Model,
  route: Resource<'AWS::ApiGatewayV2::Route'>,
  refuse: Refuse,
): readonly ApiRoute[] {
  const id = route.properties.Target.split('/').at(-1)
  const integration = model
    .of('AWS::ApiGatewayV2::Integration')
    .find(({ attributes }) => attributes.Ref === id)
  if (!integration) {
    refuse(`${nameOf(route)}: integration ${route.properties.Target} is not in this assembly`)
    return []
  }
  const fn = findFunction(model, integration.properties.IntegrationUri)
  return [
    {
      key: route.properties.RouteKey,
      functionName: fn?.attributes.Ref ?? '',
      timeoutMs: integration.properties.TimeoutInMillis ?? 30_000,
      apiId: route.properties.ApiId,
      authorization: authorizationOf(model, route, refuse),
    },
  ]
}

/** All HTTP APIs share the front door, so that no two may want the same request. */
function refuseTwice(model: Model, refuse: Refuse): void {
  const owners = new Map<string, Resource>()
  for (const route of model.of('AWS::ApiGatewayV2::Route')) {
    const key = route.properties.RouteKey
    const owner = owners.get(key)
    if (owner) refuse(`${nameOf(route)}: route ${key} is taken by ${nameOf(owner)}`)
    else owners.set(key, route)
  }
}

function authorizationOf(
  model: Model,
  route: Resource<'AWS::ApiGatewayV2::Route'>,
  refuse: Refuse,
): Authorization {
  const { AuthorizationType = 'NONE', AuthorizerId, AuthorizationScopes, ApiId } = route.properties
  if (AuthorizationType === 'NONE') return { type: 'none' }
  if (AuthorizationType === 'AWS_IAM') return { type: 'iam' }
  const authorizer = model
    .of('AWS::ApiGatewayV2::Authorizer')
    .find(
      ({ attributes, properties }) => attributes.Ref === AuthorizerId && properties.ApiId === ApiId,
    )
  if (!authorizer) {
    refuse(`${nameOf(route)}: authorizer ${AuthorizerId ?? '(none)'} is not one of its API`)
    return { type: 'iam' }
  }
  const { Issuer, Audience } = authorizer.properties.JwtConfiguration
  return { type: 'jwt', issuer: Issuer, audience: Audience, scopes: AuthorizationScopes ?? [] }
}

function asyncSettingsOf(model: Model, fn: Resource<'AWS::Lambda::Function'>): AsyncSettings {
  const config = model
    .of('AWS::Lambda::EventInvokeConfig')
    .find(({ properties }) => findFunction(model, properties.FunctionName) === fn)?.properties
  return {
    functionArn: fn.attributes['Arn'] ?? '',
    maxRetries: config?.MaximumRetryAttempts ?? 2,
    maxAge: config?.MaximumEventAgeInSeconds ?? 21_600,
    onFailure: config?.DestinationConfig?.OnFailure?.Destination,
    deadLetters: fn.properties.DeadLetterConfig?.TargetArn,
  }
}

/** The bundle must be there before its first invocation finds out. */
function checkCode(model: Model, fn: Resource<'AWS::Lambda::Function'>, refuse: Refuse): void {
  const directory = model.asset(fn.stack, fn.properties.Code.S3Key)
  if (directory === undefined || !existsSync(directory)) {
    refuse(`${nameOf(fn)}: property Code: asset ${fn.properties.Code.S3Key} is not in the assembly`)
    return
  }
  const module = fn.properties.Handler.replace(/\.[^.]*$/, '')
  const found = ['.cjs', '.js', '.mjs'].some((ending) =>
    existsSync(join(directory, module + ending)),
  )
  if (!found)
    refuse(`${nameOf(fn)}: property Handler: ${directory} has no ${module}.cjs, .js or .mjs`)
}

/** The label of a stream that is not a table's first. */
function labelOf(streamArn: string): string {
  const label = streamArn.split('/').at(-1)
  return label === 'local' ? '' : `/${label}`
}

import { randomBytes } from 'node:crypto'
import type { Caller } from './gateway.ts'
import type { PooledFunction } from './lambda-pool.ts'
import type { Model, Resource } from './model.ts'

/** The functions of the assembly as processes, and whom their access keys belong to. */
export interface Functions {
  readonly pooled: readonly PooledFunction[]
  readonly callers: ReadonlyMap<string, Caller>
}

/** Gives each function its environment as Lambda would, with an access key of its own. */
export function readFunctions(
  model: Model,
  given: {
    readonly environment: Readonly<Record<string, string>>
    readonly preloads: readonly string[]
    readonly maxProcesses: number
  },
): Functions {
  const callers = new Map<string, Caller>()
  const pooled = model.of('AWS::Lambda::Function').map((fn): PooledFunction => {
    const { properties, attributes } = fn
    const accessKey = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`
    callers.set(accessKey, { functionName: attributes.Ref, roleArn: properties.Role })
    const directory = model.asset(fn.stack, properties.Code.S3Key) ?? '.'
    return {
      name: attributes.Ref,
      arn: attributes['Arn'] ?? '',
      directory,
      handler: properties.Handler,
      timeoutMs: (properties.Timeout ?? 3) * 1_000,
      memoryMb: properties.MemorySize ?? 128,
      systemLogBytes: properties.LoggingConfig?.SystemLogLevel === 'WARN' ? 0 : startAndReport,
      maxProcesses: Math.max(1, Math.min(given.maxProcesses, concurrencyOf(model, fn))),
      preloads: given.preloads,
      environment: {
        ...environmentOf(model, fn, directory),
        ...credentials(accessKey),
        ...given.environment,
      },
    }
  })
  return { pooled, callers }
}

/** About what the lines that begin and report an invocation have. */
const startAndReport = 450

/** The lowest of the reserved concurrency and what its queues allow. */
function concurrencyOf(model: Model, fn: Resource<'AWS::Lambda::Function'>): number {
  const reserved = fn.properties.ReservedConcurrentExecutions
  const mappings = model
    .of('AWS::Lambda::EventSourceMapping')
    .filter(({ properties }) =>
      [fn.attributes.Ref, fn.attributes['Arn']].includes(properties.FunctionName),
    )
    .map(
      ({ properties }) => properties.ScalingConfig?.MaximumConcurrency ?? Number.POSITIVE_INFINITY,
    )
  return Math.min(reserved ?? Number.POSITIVE_INFINITY, ...mappings)
}

function credentials(accessKey: string): Readonly<Record<string, string>> {
  return {
    AWS_ACCESS_KEY_ID: accessKey,
    AWS_SECRET_ACCESS_KEY: randomBytes(20).toString('hex'),
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
function environmentOf(
  model: Model,
  fn: Resource<'AWS::Lambda::Function'>,
  directory: string,
): Readonly<Record<string, string>> {
  const { properties, attributes } = fn
  const { LogFormat, ApplicationLogLevel, LogGroup } = properties.LoggingConfig ?? {}
  return {
    ...properties.Environment?.Variables,
    PATH: process.env['PATH'] ?? '',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    LAMBDA_TASK_ROOT: directory,
    LAMBDA_RUNTIME_DIR: directory,
    _HANDLER: properties.Handler,
    AWS_EXECUTION_ENV: `AWS_Lambda_${properties.Runtime}`,
    AWS_REGION: model.place.region,
    AWS_DEFAULT_REGION: model.place.region,
    AWS_ENDPOINT_URL: model.place.awsUrl,
    AWS_LAMBDA_FUNCTION_NAME: attributes.Ref,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(properties.MemorySize ?? 128),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: LogGroup ?? `/aws/lambda/${attributes.Ref}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    ...(LogFormat === undefined ? {} : { AWS_LAMBDA_LOG_FORMAT: LogFormat }),
    ...(ApplicationLogLevel === undefined ? {} : { AWS_LAMBDA_LOG_LEVEL: ApplicationLogLevel }),
  }
}

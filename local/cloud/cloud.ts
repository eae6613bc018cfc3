import { mkdirSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { readAssembly } from './assembly.ts'
import { type AsyncInvoker, asyncInvoker } from './async-invoke.ts'
import type { Place } from './attributes.ts'
import type { Callers } from './authorize.ts'
import { openBuckets } from './buckets.ts'
import { disturb } from './disturb.ts'
import { type EventBus, openEventBus } from './event-bus.ts'
import { tablesOf, updateStacks } from './export-changes.ts'
import { type Faults, noFaults } from './faults.ts'
import { type Fauxqs, openFauxqs } from './fauxqs-stores.ts'
import { type Functions, readFunctions } from './functions.ts'
import { type Disturb, type Gateway, gateway, type RecordedCall } from './gateway.ts'
import { type Grant, grantsIn } from './grants.ts'
import type { Happening, Observe } from './happening.ts'
import { type HttpApi, httpApi } from './http-api.ts'
import { type LambdaPool, lambdaPool } from './lambda-pool.ts'
import { listen } from './listen.ts'
import { type Meter, openMeter, type Usage } from './meter.ts'
import { type Metric, metricsIn } from './metrics.ts'
import { type Model, type Resource, readModel } from './model.ts'
import { type Plan, readPlan } from './plan.ts'
import { openPositions } from './positions.ts'
import { openQueues, type Queues } from './queues.ts'
import { Refused } from './refusal.ts'
import { type Access, readAccess, type Use } from './roles.ts'
import { runSchedule } from './scheduler.ts'
import { identityService, lambdaService, secretsService } from './small-services.ts'
import { pollQueue } from './sqs-source.ts'
import { followStream, type StreamReader } from './stream-source.ts'
import { openTables, type Tables } from './tables.ts'
import { type TimeScale, timeScale } from './time-scale.ts'
import { deleteExpired } from './ttl.ts'
import { checkWiring } from './wiring.ts'

export interface CloudOptions {
  /** Path of `cdk.out`. */
  readonly assembly: string
  /**
   * Port of the front door: the HTTP API and the mounts.
   * @default 0, a free one
   */
  readonly port?: number
  /**
   * Port of the AWS gateway.
   * @default 0, a free one
   */
  readonly awsPort?: number
  /**
   * Directory that keeps tables, queues, buckets and stream positions.
   * @default none: everything is in memory
   */
  readonly dataDir?: string
  /**
   * 0.1 makes waits ten times shorter: visibility, delays, schedules, windows, back-off. A function's timeout stays.
   * @default 1
   */
  readonly timeScale?: number
  /** Values of Secrets Manager by name. */
  readonly secrets: Readonly<Record<string, string>>
  /**
   * Added to the environment of every function.
   * @default nothing
   */
  readonly lambdaEnvironment?: Readonly<Record<string, string>>
  /**
   * Files that every function's process imports first.
   * @default none
   */
  readonly lambdaPreloads?: readonly string[]
  /**
   * Processes of one function at one time.
   * @default 2
   */
  readonly maxProcessesPerFunction?: number
  /**
   * Processes of all functions at one time.
   * @default 14
   */
  readonly maxProcesses?: number
  /**
   * Sees a request at the front door before the API does; true when it took it.
   * @default the API sees all
   */
  readonly mounts?: (request: IncomingMessage, response: ServerResponse) => boolean
  /**
   * Asked wherever something can go wrong.
   * @default all goes well
   */
  readonly faults?: Faults
  /**
   * Told what happens.
   * @default nobody
   */
  readonly observe?: (happening: Happening) => void
}

/** Something that was created, by the template's names and its own. */
interface CreatedResource {
  readonly stack: string
  readonly id: string
  readonly type: string
  readonly name: string
  readonly arn: string
}

export interface Cloud {
  /** Address of all HTTP APIs, without a path. */
  readonly apiUrl: string
  /** Address of the AWS gateway: the `endpoint` of an SDK client. */
  readonly awsUrl: string
  readonly account: string
  readonly region: string
  /** Credentials of somebody who may do everything; any that belong to no function will do. */
  readonly operator: { readonly accessKeyId: string; readonly secretAccessKey: string }
  resources(): readonly CreatedResource[]
  /** Metrics that the functions wrote so far. */
  metrics(): readonly Metric[]
  /** AWS calls so far, by function. */
  calls(): readonly RecordedCall[]
  /** What the roles of the templates may do. */
  grants(): readonly Grant[]
  /** What they were allowed so far. */
  uses(): readonly Use[]
  /** What AWS would bill for all of it so far. */
  usage(): Usage
  /** Process ids by function. */
  processes(): Readonly<Record<string, readonly number[]>>
  /** Process ids of the DynamoDB engine, where it is ours. */
  engine(): readonly number[]
  /** The tables are the simulation's, because there is no DynamoDB engine. */
  readonly hasSimulatedTables: boolean
  /** Starts a process of each function ahead of its first invocation. */
  warm(): void
  /** True when nothing is queued for a function, in flight, unpublished or being moved. */
  idle(): boolean
  /** Ends every process and timer. */
  close(): Promise<void>
}

/**
 * Runs a cloud assembly on this machine, reachable from this machine only.
 * Throws `Refused` with every reason when the assembly uses something that is not supported or not allowed.
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const closing = new AbortController()
  const front = createServer()
  front.on('request', notYet)
  const back = createServer()
  // SDK clients keep their connections and may use one at the moment it is closed.
  back.keepAliveTimeout = 0
  try {
    const stacks = readAssembly(options.assembly)
    const apiUrl = await addressOf(front, options.port ?? 0)
    const awsUrl = await addressOf(back, options.awsPort ?? 0)
    const account = stacks.find((stack) => stack.account)?.account ?? '000000000000'
    const region = stacks.find((stack) => stack.region)?.region ?? 'us-east-1'
    const design = readDesign(stacks, { account, region, apiUrl, awsUrl })
    const file = join(options.dataDir ?? '', 'stacks.json')
    const ownTables = options.dataDir === undefined ? new Set<string>() : tablesOf(file)
    if (options.dataDir !== undefined) {
      mkdirSync(options.dataDir, { recursive: true })
      const refused = updateStacks(file, stacks)
      if (refused.length > 0) throw new Refused(refused)
    }
    const parts = await open({ ...design, ownTables }, options, closing.signal)
    const mounted = options.mounts ?? (() => false)
    front.off('request', notYet)
    front.on('request', (request, response) => {
      if (!mounted(request, response)) parts.api(request, response)
    })
    back.on('request', parts.gateway.handle)
    run(design, parts, closing.signal)
    return {
      apiUrl,
      awsUrl,
      account,
      region,
      operator,
      resources: () => createdIn(design.model),
      metrics: () => [...parts.metrics],
      calls: parts.gateway.calls,
      grants: () => grantsIn(design.model),
      uses: design.access.uses,
      usage: parts.meter.usage,
      processes: parts.pool.processes,
      engine: () => (parts.tables.pid === undefined ? [] : [parts.tables.pid]),
      hasSimulatedTables: parts.tables.areSimulated,
      warm: parts.pool.warm,
      idle: () => isIdle(design.plan, parts),
      close: async () => {
        closing.abort()
        parts.queues.close()
        await parts.pool.close()
        closeServers(front, back)
        await Promise.all([parts.fauxqs.close(), parts.tables.close()])
      },
    }
  } catch (error) {
    closing.abort()
    closeServers(front, back)
    throw error
  }
}

const operator = { accessKeyId: 'operator', secretAccessKey: 'operator' }

/** Who may sign at the front door, where IAM guards it. */
const callersOf = ({ model, access }: Pick<Design, 'model' | 'access'>): Callers => {
  const { account, region } = model.place
  const assumable = model.of('AWS::IAM::Role').filter(isAssumable)
  return {
    account,
    region,
    find: (accessKeyId) => {
      if (accessKeyId === operator.accessKeyId) {
        return { arn: `arn:aws:iam::${account}:user/${accessKeyId}`, mayInvoke: () => true }
      }
      const role = assumable.find(({ attributes }) => attributes.Ref === accessKeyId)
      const arn = role?.attributes['Arn']
      return arn === undefined
        ? undefined
        : {
            arn: `arn:aws:sts::${account}:assumed-role/${accessKeyId}/laptop`,
            mayInvoke: (resource) => access.role(arn, { action: 'execute-api:Invoke', resource }),
          }
    },
  }
}

/** Its trust policy names the account, so that its principals may assume it. */
const isAssumable = ({ properties }: Resource<'AWS::IAM::Role'>): boolean =>
  JSON.stringify(properties.AssumeRolePolicyDocument).includes(':root"')

interface Design {
  readonly model: Model
  readonly plan: Plan
  readonly access: Access
}

function readDesign(stacks: ReturnType<typeof readAssembly>, place: Place): Design {
  const reasons: string[] = []
  const refuse = (reason: string) => {
    reasons.push(reason)
  }
  const model = readModel(stacks, place, refuse)
  // Wiring is judged on a whole model only: a refused queue would look like a missing one.
  if (reasons.length > 0) throw new Refused(reasons)
  const access = readAccess(model, refuse)
  const plan = readPlan(model, refuse)
  checkWiring(model, access, refuse)
  if (reasons.length > 0) throw new Refused(reasons)
  return { model, plan, access }
}

interface Parts {
  readonly tables: Tables
  readonly fauxqs: Fauxqs
  readonly queues: Queues
  readonly pool: LambdaPool
  readonly functions: AsyncInvoker
  readonly bus: EventBus
  readonly gateway: Gateway
  readonly api: HttpApi
  readonly streams: StreamReader[]
  readonly metrics: Metric[]
  readonly meter: Meter
  readonly time: TimeScale
  readonly observe: Observe
  readonly faults: Faults
  readonly maxProcesses: number
  readonly positionsFile: string | undefined
}

async function open(
  { model, plan, access, ownTables }: Design & { readonly ownTables: ReadonlySet<string> },
  options: CloudOptions,
  signal: AbortSignal,
): Promise<Parts> {
  const { dataDir } = options
  const inData = (name: string) => (dataDir === undefined ? undefined : join(dataDir, name))
  const metrics: Metric[] = []
  const meter = openMeter()
  const observe = observer(options.observe ?? (() => {}), { metrics, meter })
  const time = timeScale(options.timeScale ?? 1)
  const faults = options.faults ?? noFaults
  const maxProcesses = options.maxProcessesPerFunction ?? 2
  const owned = readFunctions(model, {
    environment: options.lambdaEnvironment ?? {},
    preloads: options.lambdaPreloads ?? [],
    maxProcesses,
  })
  const tables = await openTables(model, inData('tables.db'), ownTables)
  await checkStreams(plan, tables)
  const fauxqs = openFauxqs(model.place.region, inData('queues'))
  const queues = openQueues(model, fauxqs, { time, observe, faults })
  const pool = lambdaPool(owned.pooled, { observe, maxProcesses: options.maxProcesses ?? 20 })
  const shared = { queues, time, observe, faults, signal }
  const functions = asyncInvoker({ ...shared, pool, settings: plan.asyncSettings })
  const buses = [
    'default',
    ...model.of('AWS::Events::EventBus').map(({ attributes }) => attributes.Ref),
  ]
  const bus = openEventBus({ ...shared, place: model.place, buses, rules: plan.rules, functions })
  const services = { model, tables, fauxqs, queues, pool, functions, bus }
  return {
    ...services,
    gateway: openGateway(services, owned, {
      access,
      observe,
      secrets: options.secrets,
      disturb: options.faults && disturbed(options.faults, pool),
    }),
    api: httpApi(plan.routes, { pool, observe, callers: callersOf({ model, access }) }),
    streams: [],
    metrics,
    meter,
    time,
    observe,
    faults,
    maxProcesses,
    positionsFile: inData('stream-positions.json'),
  }
}

/** A stream has a label of its own, which only a table that was restored is told in advance. */
async function checkStreams({ streamSources }: Plan, tables: Tables): Promise<void> {
  for (const { streamArn, tableName } of streamSources) {
    const label = streamArn.split('/').at(-1)
    if (label === 'local') continue
    const known = awsLabel((await tables.streamOf(tableName)).split('/').at(-1) ?? '')
    if (label === known) continue
    await tables.close()
    throw new Refused([
      `${streamArn}: there is no such stream; the label of the latest is ${known}`,
    ])
  }
}

/** The engine labels a stream with seconds, AWS with `2026-12-01T12:00:00.000`. */
const awsLabel = (label: string): string =>
  /^\d+\.\d+$/.test(label) ? new Date(Number(label) * 1000).toISOString().slice(0, -1) : label

function openGateway(
  parts: Pick<Parts, 'tables' | 'fauxqs' | 'queues' | 'pool' | 'functions' | 'bus'> & {
    readonly model: Model
  },
  owned: Functions,
  given: {
    readonly access: Access
    readonly observe: Observe
    readonly secrets: Readonly<Record<string, string>>
    readonly disturb: Disturb | undefined
  },
): Gateway {
  const { place } = parts.model
  return gateway({
    access: given.access,
    observe: given.observe,
    disturb: given.disturb,
    callers: owned.callers,
    services: {
      DynamoDB_20120810: parts.tables.dynamodb,
      DynamoDBStreams_20120810: parts.tables.streams,
      AmazonSQS: parts.queues.service,
      AWSEvents: parts.bus.service,
      secretsmanager: secretsService(given.secrets, place),
      s3: openBuckets(parts.model, parts.fauxqs, parts.bus),
      sts: identityService(place),
      lambda: lambdaService({ pool: parts.pool, functions: parts.functions, place }),
    },
  })
}

const disturbed =
  (faults: Faults, pool: LambdaPool): Disturb =>
  (call, answer, { functionName }) =>
    disturb(call, answer, {
      functionName,
      faults,
      kill: () => pool.kill(String(call.headers['x-amz-security-token'])),
    })

function run({ model, plan }: Design, parts: Parts, signal: AbortSignal): void {
  const given = { ...parts, signal, positions: openPositions(parts.positionsFile) }
  for (const source of plan.sqsSources) {
    pollQueue({ ...source, concurrency: Math.min(source.concurrency, parts.maxProcesses) }, given)
  }
  for (const source of plan.streamSources) parts.streams.push(followStream(source, given))
  for (const schedule of plan.schedules) runSchedule(schedule, given)
  deleteExpired(model, given)
}

/** Metrics are read out of the log lines on their way, and what is billed is added up. */
function observer(
  tell: Observe,
  { metrics, meter }: { readonly metrics: Metric[]; readonly meter: Meter },
): Observe {
  return (happening) => {
    tell(happening)
    if (happening.kind === 'billed') meter.add(happening.charge, happening.units)
    if (happening.kind !== 'log') return
    meter.add('log-bytes', Buffer.byteLength(happening.line) + perLogEvent)
    for (const metric of metricsIn(happening.function, happening.line)) {
      metrics.push(metric)
      tell({ kind: 'metric', function: happening.function, metric })
    }
  }
}

/** Bytes that CloudWatch Logs adds to each event it bills. */
const perLogEvent = 26

function isIdle(plan: Plan, parts: Parts): boolean {
  const queued = plan.sqsSources.some(({ queueArn }) => {
    const { visible, hidden } = parts.queues.find(queueArn).depth()
    return visible + hidden > 0
  })
  const working = [parts.pool, parts.functions, parts.bus, ...parts.streams].some((one) =>
    one.busy(),
  )
  return !queued && !working && !parts.queues.moving()
}

function createdIn(model: Model): readonly CreatedResource[] {
  const kinds = [
    'AWS::DynamoDB::GlobalTable',
    'AWS::SQS::Queue',
    'AWS::Lambda::Function',
    'AWS::Events::EventBus',
    'AWS::S3::Bucket',
  ] as const
  return kinds.flatMap((kind) =>
    model.of(kind).map(({ stack, id, type, attributes }) => ({
      stack,
      id,
      type,
      name: attributes['QueueName'] ?? attributes.Ref,
      arn: attributes['Arn'] ?? '',
    })),
  )
}

async function addressOf(server: Server, port: number): Promise<string> {
  const bound = await listen(server, port).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE' ? new Error(`port ${port} is in use`) : error
  })
  return `http://127.0.0.1:${bound}`
}

/** The port is bound before the assembly is read, because the templates may speak of its address. */
function notYet(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(503, { 'retry-after': '1' }).end()
}

function closeServers(...servers: readonly Server[]): void {
  for (const server of servers) {
    server.close()
    server.closeAllConnections()
  }
}

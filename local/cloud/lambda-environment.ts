import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { listen } from './listen.ts'

/** A function of the template, ready to run. */
export interface FunctionCode {
  readonly name: string
  readonly arn: string
  /** The asset's directory. */
  readonly directory: string
  readonly handler: string
  readonly timeoutMs: number
  readonly memoryMb: number
  /** Bytes of log that Lambda itself writes for each invocation. */
  readonly systemLogBytes: number
  /** The whole environment of its processes. */
  readonly environment: Readonly<Record<string, string>>
  /** Files that its processes import first. */
  readonly preloads: readonly string[]
}

/** One invocation on its way. */
export interface Job {
  readonly requestId: string
  readonly payload: string
  readonly traceId: string
  finish(outcome: Outcome): void
}

export type Outcome =
  | { readonly ok: true; readonly payload: string }
  | { readonly ok: false; readonly error: FunctionError }

export interface FunctionError {
  readonly errorType: string
  readonly errorMessage: string
  readonly trace?: readonly string[]
}

/** One process of a function: takes one invocation at a time. */
export interface Environment {
  readonly pid: number | undefined
  /** The session token that goes with each of its AWS calls. */
  readonly session: string
  /** Milliseconds since the epoch. */
  readonly idleSince: () => number
  run(job: Job): void
  end(): Promise<void>
}

export interface Hooks {
  /** The process waits for its next invocation. */
  readonly onIdle: (environment: Environment) => void
  /** The process ended; the error is there when it never became ready. */
  readonly onEnd: (environment: Environment, initError: FunctionError | undefined) => void
  readonly onLine: (line: string) => void
}

const modules = join(import.meta.dirname, '../../node_modules')
const runtimeClient = join(modules, 'aws-lambda-ric/index.mjs')
const preload = join(import.meta.dirname, 'runtime-preload.mjs')

/** A process that has not asked for an invocation by then never will; more than Lambda's 10 s, for slow laptops. */
const initMs = 30_000

/** Lambda's runtime is Node 24: this one when it is recent enough, else the one the project installs. */
const node =
  Number(process.versions.node.split('.')[0]) >= 24
    ? process.execPath
    : join(modules, 'node/bin/node')

/** Starts a process of a function under AWS's own runtime client. */
export async function startEnvironment(code: FunctionCode, hooks: Hooks): Promise<Environment> {
  const state: State = { job: undefined, isWaiting: false, ready: false, idleSince: Date.now() }
  const init = createServer((request, response) => {
    text(request).then((body) => {
      state.reason = readError(body)
      response.writeHead(202, { 'content-type': 'application/json' }).end('{}')
    }, noAnswer)
  })
  const session = randomUUID()
  const child = spawnRuntime(code, { session, port: await listen(init) })
  const environment: Environment = {
    pid: child.pid,
    session,
    idleSince: () => state.idleSince,
    run: (job) => run({ code, state, child }, job),
    end: () => endOf(child),
  }
  child.once('message', () => init.close())
  child.on('message', (message) =>
    receive(message, { state, idle: () => hooks.onIdle(environment) }),
  )
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', hooks.onLine)
  }
  state.timer = setTimeout(() => {
    state.reason = {
      errorType: 'Sandbox.Timedout',
      errorMessage: `Error: Init timed out after ${initMs / 1000} seconds`,
    }
    child.kill('SIGKILL')
  }, initMs)
  child.once('error', () => {})
  child.once('exit', (status, signal) => {
    init.close()
    const error = exitError(state, status, signal)
    settle(state, { ok: false, error })
    hooks.onEnd(environment, state.ready ? undefined : error)
  })
  return environment
}

interface State {
  job: Job | undefined
  /** It asked for its next invocation. */
  isWaiting: boolean
  ready: boolean
  idleSince: number
  timer?: NodeJS.Timeout
  /** Why the process is about to end. */
  reason?: FunctionError
}

function spawnRuntime(
  code: FunctionCode,
  { session, port }: { readonly session: string; readonly port: number },
): ChildProcess {
  const imports = [preload, ...code.preloads].flatMap((file) => ['--import', file])
  const heap = [
    `--max-old-space-size=${code.memoryMb}`,
    '--max-semi-space-size=1',
    '--v8-pool-size=1',
  ]
  return spawn(node, [...heap, ...imports, runtimeClient, code.handler], {
    cwd: code.directory,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Out of reach of the terminal's Ctrl-C: the host ends it.
    detached: true,
    env: {
      ...code.environment,
      // Only for what went wrong before the first invocation; the rest comes by messages.
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
      AWS_SESSION_TOKEN: session,
    },
  })
}

function run(
  at: { readonly code: FunctionCode; readonly state: State; readonly child: ChildProcess },
  job: Job,
): void {
  const { code, state, child } = at
  state.isWaiting = false
  state.job = job
  const seconds = (code.timeoutMs / 1000).toFixed(2)
  state.timer = setTimeout(() => {
    state.reason = {
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${job.requestId} Error: Task timed out after ${seconds} seconds`,
    }
    child.kill('SIGKILL')
  }, code.timeoutMs)
  const headers = {
    'lambda-runtime-aws-request-id': job.requestId,
    'lambda-runtime-deadline-ms': String(Date.now() + code.timeoutMs),
    'lambda-runtime-invoked-function-arn': code.arn,
    'lambda-runtime-trace-id': job.traceId,
  }
  child.send({ bodyJson: job.payload, headers }, noAnswer)
}

/** It went away: its exit says the rest. */
function noAnswer(): void {}

/**
 * What a process says in place of calls of the Lambda Runtime API: that it wants an invocation, or how one ended.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
function receive(
  message: unknown,
  { state, idle }: { readonly state: State; readonly idle: () => void },
): void {
  const { type, id, ok, body } = Object(message)
  if (id !== undefined && id === state.job?.requestId) {
    settle(state, ok ? { ok, payload: String(body) } : { ok: false, error: readError(body) })
  }
  if (type === 'next') {
    if (!state.ready) clearTimeout(state.timer)
    state.ready = true
    state.isWaiting = true
  }
  // An answer and the wish for more come in either order.
  if (state.job || !state.isWaiting) return
  state.idleSince = Date.now()
  idle()
}

function settle(state: State, outcome: Outcome): void {
  clearTimeout(state.timer)
  const job = state.job
  state.job = undefined
  job?.finish(outcome)
}

function readError(text: string): FunctionError {
  const { errorType, errorMessage, trace, stackTrace } = Object(JSON.parse(text))
  const lines = trace ?? stackTrace
  return {
    errorType: String(errorType ?? 'Error'),
    errorMessage: String(errorMessage ?? ''),
    ...(Array.isArray(lines) ? { trace: lines.map(String) } : {}),
  }
}

function exitError(
  state: State,
  status: number | null,
  signal: NodeJS.Signals | null,
): FunctionError {
  const how = signal === null ? `exit status ${status}` : `signal: ${signal}`
  const request = state.job ? `RequestId: ${state.job.requestId} ` : ''
  return (
    state.reason ?? {
      errorType: 'Runtime.ExitError',
      errorMessage: `${request}Error: Runtime exited with error: ${how}`,
    }
  )
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}

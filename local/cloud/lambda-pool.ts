import { randomBytes, randomUUID } from 'node:crypto'
import type { Observe } from './happening.ts'
import {
  type Environment,
  type FunctionCode,
  type FunctionError,
  type Job,
  type Outcome,
  startEnvironment,
} from './lambda-environment.ts'

/** A function and how many of its processes may run at one time. */
export interface PooledFunction extends FunctionCode {
  readonly maxProcesses: number
}

/** What became of an invocation. */
export type Invoked = Outcome & { readonly requestId: string }

export interface LambdaPool {
  /** Runs a function once; never rejects. */
  invoke(functionName: string, payload: string): Promise<Invoked>
  /** Starts one process of each function ahead of its first invocation. */
  warm(): void
  /** Process ids by function. */
  processes(): Readonly<Record<string, readonly number[]>>
  /** Ends the process whose AWS calls have this session token. */
  kill(session: string): void
  busy(): boolean
  close(): Promise<void>
}

interface Fleet {
  readonly fn: PooledFunction
  readonly pending: Waiting[]
  readonly idle: Environment[]
  readonly all: Set<Environment>
  /** Processes, those not yet spawned included. */
  size: number
  /** Processes that have not asked for an invocation yet. */
  booting: number
}

interface Waiting {
  readonly job: Job
  /** When a process took it. */
  began: number
  /** True once a process had to be started for it. */
  cold: boolean
}

/** An idle process is ended after this time, the last one of its function after ten times as long. */
const idleMs = 30_000
/** A further process is started only for an invocation that has waited this long. */
const patienceMs = 150

/** Processes of all functions, started when they are needed and used again. */
export function lambdaPool(
  functions: readonly PooledFunction[],
  given: { readonly observe: Observe; readonly maxProcesses: number },
): LambdaPool {
  const fleets = new Map(functions.map((fn) => [fn.name, newFleet(fn)]))
  const total = () => [...fleets.values()].reduce((sum, { size }) => sum + size, 0)
  let closed = false
  let running = 0

  const dispatch = (fleet: Fleet): void => {
    while (fleet.idle.length > 0 && fleet.pending.length > 0) {
      const environment = fleet.idle.pop()
      const waiting = fleet.pending.shift()
      if (!environment || !waiting) continue
      waiting.began = performance.now()
      environment.run(waiting.job)
    }
  }

  const makeRoom = (): boolean => {
    if (total() < given.maxProcesses) return true
    const idle = [...fleets.values()].flatMap((fleet) => fleet.idle.map((one) => ({ fleet, one })))
    const oldest = idle.sort((a, b) => a.one.idleSince() - b.one.idleSince())[0]
    if (!oldest) return false
    retire(oldest.fleet, oldest.one)
    return true
  }

  const grow = (fleet: Fleet): void => {
    const wanted = fleet.pending.length > fleet.booting && fleet.size < fleet.fn.maxProcesses
    if (closed || !wanted || !makeRoom()) return
    const first = fleet.pending[fleet.booting]
    if (first) first.cold = true
    void start(fleet)
  }

  const growWhereNeeded = (): void => {
    for (const fleet of fleets.values()) if (fleet.pending.length > 0) grow(fleet)
  }

  const start = async (fleet: Fleet): Promise<void> => {
    fleet.size += 1
    fleet.booting += 1
    let booting = true
    const booted = () => {
      if (booting) fleet.booting -= 1
      booting = false
    }
    const environment = await startEnvironment(fleet.fn, {
      onIdle: (idle) => {
        booted()
        fleet.idle.push(idle)
        dispatch(fleet)
        growWhereNeeded()
      },
      onEnd: (ended, initError) => {
        booted()
        fleet.size -= 1
        fleet.all.delete(ended)
        removeFrom(fleet.idle, ended)
        if (initError && !closed) failFirst(fleet, initError)
        growWhereNeeded()
      },
      onLine: (line) => given.observe({ kind: 'log', function: fleet.fn.name, line }),
    })
    fleet.all.add(environment)
    if (closed) await environment.end()
  }

  const reaper = setInterval(() => {
    for (const fleet of fleets.values()) retireIdle(fleet)
  }, 5_000)
  reaper.unref()

  return {
    invoke: (name, payload) => {
      const fleet = fleets.get(name)
      if (!fleet || closed) return Promise.resolve(absent(name))
      running += 1
      return new Promise<Invoked>((resolve) => {
        const waiting = newJob(fleet.fn, payload, given.observe, (invoked) => {
          running -= 1
          resolve(invoked)
        })
        fleet.pending.push(waiting)
        dispatch(fleet)
        if (!fleet.pending.includes(waiting)) return
        if (fleet.size === 0) grow(fleet)
        else setTimeout(() => fleet.pending.includes(waiting) && grow(fleet), patienceMs).unref()
      })
    },
    warm: () => {
      for (const fleet of fleets.values()) if (fleet.size === 0) void start(fleet)
    },
    processes: () =>
      Object.fromEntries(
        [...fleets.values()].map(({ fn, all }) => [
          fn.name,
          [...all].flatMap(({ pid }) => pid ?? []),
        ]),
      ),
    kill: (session) => {
      const all = [...fleets.values()].flatMap((fleet) => [...fleet.all])
      void all.find((environment) => environment.session === session)?.end()
    },
    busy: () => running > 0,
    close: async () => {
      closed = true
      clearInterval(reaper)
      const all = [...fleets.values()].flatMap((fleet) => [...fleet.all])
      await Promise.all(all.map((environment) => environment.end()))
      for (const fleet of fleets.values()) {
        while (fleet.pending.length > 0) failFirst(fleet, closedError)
      }
    },
  }
}

const closedError = { errorType: 'Closed', errorMessage: 'the cloud is closed' }

function newFleet(fn: PooledFunction): Fleet {
  return { fn, pending: [], idle: [], all: new Set(), size: 0, booting: 0 }
}

function absent(name: string): Invoked {
  const error = { errorType: 'ResourceNotFoundException', errorMessage: `no function ${name}` }
  return { ok: false, requestId: randomUUID(), error }
}

function newJob(
  fn: PooledFunction,
  payload: string,
  observe: Observe,
  done: (invoked: Invoked) => void,
): Waiting {
  const requestId = randomUUID()
  const began = performance.now()
  const epoch = Math.floor(Date.now() / 1000).toString(16)
  const hex = (bytes: number) => randomBytes(bytes).toString('hex')
  const waiting: Waiting = {
    cold: false,
    began,
    job: {
      requestId,
      payload,
      traceId: `Root=1-${epoch}-${hex(12)};Parent=${hex(8)};Sampled=0`,
      finish: (outcome) => {
        observe({
          kind: 'invocation',
          function: fn.name,
          requestId,
          ms: performance.now() - began,
          cold: waiting.cold,
          ...(outcome.ok ? {} : { error: outcome.error }),
        })
        bill(fn, performance.now() - waiting.began, observe)
        done({ ...outcome, requestId })
      },
    },
  }
  return waiting
}

/** Lambda bills whole milliseconds, and here without the start of a process. */
function bill({ memoryMb, systemLogBytes }: PooledFunction, ms: number, observe: Observe): void {
  const units = (Math.ceil(ms) / 1000) * (memoryMb / 1024)
  observe({ kind: 'billed', charge: 'invocations', units: 1 })
  observe({ kind: 'billed', charge: 'gigabyte-seconds', units })
  observe({ kind: 'billed', charge: 'log-bytes', units: systemLogBytes })
}

function failFirst(fleet: Fleet, error: FunctionError): void {
  fleet.pending.shift()?.job.finish({ ok: false, error })
}

function retire(fleet: Fleet, environment: Environment): void {
  removeFrom(fleet.idle, environment)
  void environment.end()
}

function retireIdle(fleet: Fleet): void {
  for (const environment of [...fleet.idle]) {
    const limit = fleet.size > 1 ? idleMs : idleMs * 10
    if (Date.now() - environment.idleSince() > limit) retire(fleet, environment)
  }
}

function removeFrom(list: Environment[], environment: Environment): void {
  const index = list.indexOf(environment)
  if (index >= 0) list.splice(index, 1)
}

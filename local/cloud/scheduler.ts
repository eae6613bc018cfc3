import { randomUUID } from 'node:crypto'
import type { AsyncInvoker } from './async-invoke.ts'
import { timetable } from './aws-cron.ts'
import type { Observe } from './happening.ts'
import type { Queues } from './queues.ts'
import type { TimeScale } from './time-scale.ts'

/** One schedule of the assembly. */
export interface Schedule {
  readonly name: string
  readonly arn: string
  readonly expression: string
  readonly timezone: string | undefined
  readonly targetArn: string
  /** Set when the target is a function. */
  readonly functionName: string | undefined
  readonly input: string
}

interface Given {
  readonly functions: AsyncInvoker
  readonly queues: Queues
  readonly time: TimeScale
  readonly observe: Observe
  readonly signal: AbortSignal
}

/** Fires at each time of its table until the signal, first after one period and never at the start. */
export function runSchedule(schedule: Schedule, given: Given): void {
  const table = timetable(schedule.expression, schedule.timezone)
  const run = async (): Promise<void> => {
    for (let from = new Date(); !given.signal.aborted; ) {
      const wait = table.next(from)
      if (wait === undefined) return
      await given.time.wait(wait, given.signal)
      if (given.signal.aborted) return
      fire(schedule, given)
      from = new Date(from.getTime() + wait)
    }
  }
  void run()
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
function fire(schedule: Schedule, given: Given): void {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
  const input = schedule.input
    .replaceAll('<aws.scheduler.scheduled-time>', now)
    .replaceAll('<aws.scheduler.execution-id>', randomUUID())
    .replaceAll('<aws.scheduler.attempt-number>', '1')
    .replaceAll('<aws.scheduler.schedule-arn>', schedule.arn)
  if (schedule.functionName !== undefined) given.functions.accept(schedule.functionName, input)
  else {
    try {
      given.queues.send(schedule.targetArn, { body: input })
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      given.observe({ kind: 'trouble', where: schedule.name, message })
    }
  }
}

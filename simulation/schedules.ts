import { timetable } from '../local/cloud/aws-cron.ts'
import type { Schedule } from '../local/cloud/scheduler.ts'
import type { Weather } from './environment.ts'
import type { Lambdas } from './lambdas.ts'

/** Invokes what schedules say when they say so: now and then twice, now and then not, again when it failed. */
export function runSchedules(
  schedules: readonly Schedule[],
  { time, draw, faults, lambdas }: Weather & { readonly lambdas: Lambdas },
): void {
  for (const { expression, timezone, functionName, input, name } of schedules) {
    if (functionName === undefined) continue
    const table = timetable(expression, timezone)
    const attempt = (event: unknown, tries: number): void =>
      lambdas.invoke(functionName, event, ({ ok }) => {
        if (!ok && tries < retries) time.after(60_000, () => attempt(event, tries + 1))
      })
    const fire = (): void => {
      const scheduled = time.date().toISOString()
      const event: unknown = JSON.parse(input.replace('<aws.scheduler.scheduled-time>', scheduled))
      if (!faults.happens('schedule skipped', name)) attempt(event, 0)
      if (faults.happens('schedule twice', name)) attempt(event, 0)
      again()
    }
    const again = (): void => {
      const ms = table.next(time.date())
      if (ms !== undefined) time.after(ms, fire)
    }
    const first = table.next(time.date())
    if (first !== undefined) time.after(first * draw(`phase of ${name}`), fire)
  }
}

const retries = 3

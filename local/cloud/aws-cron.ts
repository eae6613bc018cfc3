import { Cron } from 'croner'

/** When a schedule fires, in milliseconds of the cloud. */
export interface Timetable {
  /** Milliseconds from `from` to the next time; undefined when there is none. */
  next(from: Date): number | undefined
}

const units: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
}

/**
 * Reads `rate(5 minutes)`, `cron(0 12 * * ? *)` or `at(2026-11-21T06:42:00)`; throws an Error that says
 * what is wrong. https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function timetable(expression: string, timezone = 'UTC'): Timetable {
  const [, kind = '', argument = ''] = /^(rate|cron|at)\((.*)\)$/.exec(expression.trim()) ?? []
  switch (kind) {
    case 'rate':
      return everyRate(argument)
    case 'cron':
      return everyCron(argument, timezone)
    case 'at':
      return once(argument, timezone)
    default:
      throw new Error(`schedule expression ${expression} is not rate(), cron() or at()`)
  }
}

function everyRate(argument: string): Timetable {
  const [, count, unit = ''] = /^(\d+) (minute|hour|day)s?$/.exec(argument) ?? []
  const period = Number(count) * (units[unit] ?? Number.NaN)
  if (!(period > 0)) throw new Error(`rate(${argument}) is not a rate such as rate(5 minutes)`)
  return { next: () => period }
}

/** AWS: minutes hours day-of-month month day-of-week (1 is Sunday) year, `?` for no value. */
function everyCron(argument: string, timezone: string): Timetable {
  const fields = argument.trim().split(/\s+/)
  const [minute, hour, day = '*', month, weekday = '*', year] = fields
  if (fields.length !== 6) throw new Error(`cron(${argument}) does not have six fields`)
  const days = weekday.replace(/(?<![#/\d])\d+/g, (number) => String(Number(number) - 1))
  const pattern = ['0', minute, hour, day, month, days, year].join(' ').replaceAll('?', '*')
  const cron = new Cron(pattern, { timezone, paused: true, sloppyRanges: true })
  return {
    next: (from) => {
      const at = cron.nextRun(from)
      return at ? at.getTime() - from.getTime() : undefined
    },
  }
}

function once(argument: string, timezone: string): Timetable {
  const cron = new Cron(argument, { timezone, paused: true })
  return {
    next: (from) => {
      const at = cron.nextRun(from)
      return at ? at.getTime() - from.getTime() : undefined
    },
  }
}

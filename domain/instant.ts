import type { Instant } from '../schemas/canonical/instant.ts'

/** The instant of a text that says when in ISO 8601, with any offset. Throws when it is no moment. */
export const instantOf = (text: string): Instant => instantAt(Date.parse(text))

/** The instant of milliseconds since 1970, parts of one left out as `Date` does. Throws when they are no moment. */
export function instantAt(moment: number): Instant {
  const ms = Math.trunc(moment)
  const day = Math.floor(ms / dayMs)
  const time = ms - day * dayMs
  const hour = two[Math.floor(time / 3_600_000)]
  const minute = two[Math.floor(time / 60_000) % 60]
  const second = two[Math.floor(time / 1000) % 60]
  return `${dateOf(day)}${hour}:${minute}:${second}.${String(1000 + (time % 1000)).slice(1)}Z`
}

const dayMs = 86_400_000
const two: readonly string[] = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'))

/**
 * Days that were written before, up to `T`. `toISOString` takes six times as long as its time of day alone, and a
 * process meets few days.
 */
const days = new Map<number, string>()
const most = 1000

function dateOf(day: number): string {
  const known = days.get(day)
  if (known !== undefined) return known
  const date = new Date(day * dayMs).toISOString().slice(0, -'00:00:00.000Z'.length)
  if (days.size >= most) days.clear()
  days.set(day, date)
  return date
}

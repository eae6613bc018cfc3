import { Instant } from '../../schemas/canonical/instant.ts'

/**
 * ShipBob writes up to seven fractional digits, and now and then no zone, which is UTC then. These are dates of .NET, where
 * the first day of the year 1 stands for none.
 */
export function toInstant(text: string | null | undefined): Instant | undefined {
  if (!text || text.startsWith('0001-01-01')) return undefined
  const moment = new Date(/(?:Z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text}Z`)
  return Number.isNaN(moment.getTime()) ? undefined : Instant.safeParse(moment.toISOString()).data
}

/** The latest of some moments that ShipBob wrote. */
export const latest = (texts: readonly (string | null | undefined)[]): Instant | undefined =>
  texts
    .map(toInstant)
    .filter((instant) => instant !== undefined)
    .toSorted()
    .at(-1)

/** The moment before: what is said of a part gives way to what is said of the whole at the same moment. */
export const justBefore = (instant: Instant): Instant =>
  Instant.parse(new Date(Date.parse(instant) - 1).toISOString())

import type { Instant } from '../schemas/canonical/instant.ts'

/** A field with an implausible time, and why. */
export interface Implausible {
  readonly path: readonly string[]
  readonly value: string
  readonly wrong: string
}

/** Earlier times are empty dates of a vendor's database. */
const first = Date.parse('2000-01-01T00:00:00Z')

const day = 86_400_000

/** How far in the future a time may be, to allow for wrong clocks and time zones. */
const ahead = {
  happened: { ms: day, wrong: 'is more than a day in the future' },
  expected: { ms: 3660 * day, wrong: 'is more than ten years in the future' },
} as const

type Tense = keyof typeof ahead

/** All time fields of all messages: submissions, reports, snapshots and stock. */
const tenses: Readonly<Record<string, Tense>> = {
  at: 'happened',
  cancelledAt: 'happened',
  expectedAt: 'expected',
  placedAt: 'happened',
  revisedAt: 'happened',
  shippedAt: 'happened',
  since: 'happened',
  updatedAt: 'happened',
  version: 'happened',
}

/** Why a time in a message is implausible, if it is. */
export function whyImplausible(at: string, tense: Tense, now: Instant): string | undefined {
  const moment = Date.parse(at)
  if (moment < first) return 'is before the year 2000'
  const { ms, wrong } = ahead[tense]
  return moment > Date.parse(now) + ms ? wrong : undefined
}

/**
 * The implausible times in a message. They must not enter the ledger: a document would be posted to a period that does
 * not exist, and a version far in the future would hide all later ones.
 */
export function implausibleIn(
  told: unknown,
  now: Instant,
  path: readonly string[] = [],
): readonly Implausible[] {
  if (typeof told !== 'object' || told === null) return []
  return Object.entries(told).flatMap(([name, value]) => {
    const place = [...path, name]
    const tense = Object.hasOwn(tenses, name) ? tenses[name] : undefined
    if (tense === undefined || typeof value !== 'string') return implausibleIn(value, now, place)
    const wrong = whyImplausible(value, tense, now)
    return wrong === undefined ? [] : [{ path: place, value, wrong }]
  })
}

/** The same as one sentence. */
export const sayImplausible = (found: readonly Implausible[]): string =>
  found
    .slice(0, 5)
    .map(({ path, value, wrong }) => `${path.join('.')}: ${value} ${wrong}`)
    .join('; ')

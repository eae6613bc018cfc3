import type { Instant } from '../schemas/canonical/instant.ts'

/** A field whose moment cannot be right, and what is wrong with it in words. */
export interface Implausible {
  readonly path: readonly string[]
  readonly value: string
  readonly wrong: string
}

/** Nothing that Crossdock hears of happened before: an empty date of a vendor's database did not. */
const first = Date.parse('2000-01-01T00:00:00Z')

const day = 86_400_000

/** How far ahead a moment may be: a clock or a time zone may be wrong, and goods are not ordered for the next century. */
const ahead = {
  happened: { ms: day, wrong: 'is more than a day ahead' },
  expected: { ms: 3660 * day, wrong: 'is more than ten years ahead' },
} as const

type Tense = keyof typeof ahead

/** Every field by which a message says when, whatever the message: in submissions, reports, snapshots and stock. */
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

/** What is wrong with a moment that somebody else wrote, if it cannot be right. */
export function whyImplausible(at: string, tense: Tense, now: Instant): string | undefined {
  const moment = Date.parse(at)
  if (moment < first) return 'is before the year 2000'
  const { ms, wrong } = ahead[tense]
  return moment > Date.parse(now) + ms ? wrong : undefined
}

/**
 * The moments in a message that cannot be right. They must not get into the ledger: a document would be posted into a
 * period that does not exist, and a version of the next century would hide every later one.
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

/** The same in one sentence for people. */
export const sayImplausible = (found: readonly Implausible[]): string =>
  found
    .slice(0, 5)
    .map(({ path, value, wrong }) => `${path.join('.')}: ${value} ${wrong}`)
    .join('; ')

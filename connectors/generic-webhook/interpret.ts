import type { Reply } from '../../domain/account.ts'
import { doubt, except, type Failure, halt, retry, wait } from '../../domain/failure.ts'
import { parse } from '../../domain/parse.ts'
import { withoutPeople } from '../../domain/privacy/without-people.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { People } from '../../schemas/canonical/order.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import { Answered, Refusal } from './wire.ts'

interface Asked {
  readonly now: Date
  /** Whose data a refusal may quote, and an operator is not to see. */
  readonly people: People
  readonly answersWithinSeconds: number
}

/** What the answer to a message means: what was made, or what happens next. */
export function interpretAnswer(
  reply: Reply,
  { now, people, answersWithinSeconds }: Asked,
): Result<Reference, Failure> {
  const { status } = reply
  if (status === 200 || status === 201 || status === 409) {
    const reference = referenceIn(reply)
    if (reference) return ok(reference)
  }
  const general = closed(reply, now)
  if (general) return err(general)
  if (status === 404 || status === 405)
    return err(halt(`nothing takes messages at the url (${status})`))
  if (status >= 400 && status < 500 && status !== 408) {
    return err(except('effect-refused', refusalIn(reply, people)))
  }
  if (status === 202) {
    return err(doubt('the system took the message and answers later', answersWithinSeconds))
  }
  return err(doubt(`the system answered ${status}${status < 300 ? ' without a reference' : ''}`))
}

/** What the answer to a look-up means; `undefined` when there is surely nothing. */
export function interpretLookup(reply: Reply, now: Date): Result<Reference | undefined, Failure> {
  const { status } = reply
  const reference = status === 200 ? referenceIn(reply) : undefined
  if (reference) return ok(reference)
  if (status === 404) return ok(undefined)
  if (status === 202) return err(doubt('the system is still at it'))
  return err(closed(reply, now) ?? retry(`the look-up was answered ${status}`))
}

/** Answers that are about the connection, whatever was asked. */
function closed({ status, headers }: Reply, now: Date): Failure | undefined {
  if (status === 401 || status === 403)
    return halt(`the system refuses our signature or key (${status})`)
  if (status >= 300 && status < 400)
    return halt(`the system redirects (${status}): write its final address`)
  const seconds = secondsIn(headers['retry-after'], now)
  if (status === 429) return wait('the system throttles', seconds ?? 30)
  if (status === 503 && seconds !== undefined)
    return wait('the system is closed for a while', seconds)
  return undefined
}

function referenceIn({ body }: Reply): Reference | undefined {
  const answered = parse(Answered, body)
  if (!answered.ok) return undefined
  const { id, number, differs } = answered.value.reference
  return { id, ...(number && { number }), ...(differs && { differs: differs.slice(0, 300) }) }
}

function refusalIn({ status, body }: Reply, people: People): string {
  if (status === 409) return 'the system answered 409 without the reference of what it has'
  const refusal = parse(Refusal, body)
  const said = refusal.ok ? (refusal.value.detail ?? refusal.value.title) : undefined
  const refused = `the system refused it (${status})`
  return said ? `${refused}: ${withoutPeople(oneLine(said), people).slice(0, 300)}` : refused
}

const oneLine = (text: string): string => text.replaceAll(/[\p{C}\s]+/gu, ' ').trim()

/** Seconds or a date, as HTTP has it; an hour at most. */
function secondsIn(after: string | undefined, now: Date): number | undefined {
  if (after === undefined) return undefined
  const seconds = /^\d+$/.test(after) ? Number(after) : (Date.parse(after) - now.getTime()) / 1000
  return Number.isFinite(seconds) ? Math.min(3600, Math.max(1, Math.ceil(seconds))) : undefined
}

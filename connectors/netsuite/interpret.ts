import type { Call, Reply } from '../../domain/account.ts'
import { except, type Failure, halt, ignore, retry, wait } from '../../domain/failure.ts'
import { parseJson } from '../../domain/parse.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { secondsIn, unsure } from '../kit/answers.ts'
import { ErrorBody, type ErrorDetail } from './wire.ts'

/** Seconds to stay away when NetSuite is crowded and does not say for how long. */
const crowded = 10

/**
 * What an answer means for what happens next; the parsed body when it is good, `undefined` when it is empty.
 * Never throws. Whatever may have taken effect is `doubt` when the call was a write.
 */
export function interpret(kind: Call['kind'], reply: Reply): Result<unknown, Failure> {
  const answer = readAnswer(kind, reply)
  const rule = rules.find(({ when }) => when(answer))
  return rule ? err(rule.next(answer)) : ok(answer.json)
}

/** True when NetSuite itself says that a record is not there; a proxy's 404 says nothing about records. */
export function isAbsent(reply: Reply): boolean {
  const answer = readAnswer('read', reply)
  return answer.status === 404 && answer.details.length > 0 && !says(/URL|RECORD_TYPE/)(answer)
}

interface Answer {
  readonly kind: Call['kind']
  /** Of the body where it has one: errors come with 200 too. */
  readonly status: number
  readonly retryAfter: number | undefined
  readonly details: readonly ErrorDetail[]
  readonly json: unknown
  /** Neither empty nor JSON: a proxy or a login page spoke. */
  readonly foreign: boolean
}

interface Rule {
  readonly when: (answer: Answer) => boolean
  readonly next: (answer: Answer) => Failure
}

const says = (pattern: RegExp) => (answer: Answer) =>
  answer.details.some((detail) => pattern.test(detail['o:errorCode']))

const isRefusal = ({ status }: Answer): boolean => status >= 400 && status < 500

/** The first that matches decides. Codes come before statuses because NetSuite's statuses lie more often. */
const rules: readonly Rule[] = [
  { when: ({ status }) => status === 429, next: throttled },
  {
    when: says(/CONCUR|REQUEST_LIMIT|WS_REQUEST_BLOCKED|TOO_MANY_REQUESTS/),
    next: throttled,
  },
  { when: ({ foreign }) => foreign, next: unknownEnd },
  // Taken to be done later; nobody asked for that.
  { when: ({ status }) => status === 202, next: unknownEnd },
  { when: says(/^IDEMPOTENCY_ERROR$/), next: unknownEnd },
  {
    when: (answer) => isRefusal(answer) && (says(/^DUP_/)(answer) || alreadyExists(answer)),
    next: () => ignore('NetSuite has this record already'),
  },
  {
    when: says(/^RCRD_HAS_BEEN_CHANGED$/),
    next: ({ status }) => retry(`NetSuite answered ${status}`),
  },
  {
    when: (answer) =>
      [401, 403].includes(answer.status) || says(/PERMISSION|INVALID_LOGIN/)(answer),
    next: (answer) => halt(`NetSuite denied it${described(answer)}`),
  },
  {
    // The host of another data centre, or of an account that moved.
    when: ({ status }) => status >= 300 && status < 400,
    next: ({ status }) => halt(`NetSuite redirected (${status}): check accountId`),
  },
  { when: ({ status }) => status === 408, next: unknownEnd },
  {
    when: ({ status }) => status === 409,
    next: ({ status }) => retry(`NetSuite answered ${status}`),
  },
  {
    when: isRefusal,
    next: (answer) => except('effect-refused', `NetSuite refused it${described(answer)}`),
  },
  { when: ({ status }) => status < 200 || status >= 300, next: unknownEnd },
]

function readAnswer(kind: Call['kind'], { status, headers, body }: Reply): Answer {
  const parsed = body.trim() === '' ? undefined : parseJson(body)
  const json = parsed?.ok ? parsed.value : undefined
  const error = ErrorBody.safeParse(json).data
  return {
    kind,
    status: error && status < 300 ? (error.status ?? 400) : status,
    retryAfter: secondsIn(headers['retry-after']),
    details: error?.['o:errorDetails'] ?? [],
    json,
    foreign:
      parsed?.ok === false || (json !== undefined && (json === null || typeof json !== 'object')),
  }
}

function throttled({ status, retryAfter }: Answer): Failure {
  return wait(`NetSuite is crowded (${status})`, retryAfter ?? crowded)
}

function unknownEnd({ kind, status, foreign }: Answer): Failure {
  const reason = `NetSuite answered ${status}${foreign ? ' with something that is not JSON' : ''}`
  return unsure(kind, reason)
}

function alreadyExists({ details }: Answer): boolean {
  return details.some(({ detail }) =>
    /this (record|entity) already exists|external ?id\b.*\balready (exists|in use)/i.test(detail),
  )
}

function described({ status, details }: Answer): string {
  const reasons = details.slice(0, 3).map(describe).filter(Boolean)
  return reasons.length > 0 ? ` (${status}): ${reasons.join('; ')}` : ` (${status})`
}

/** Details echo what was sent: only what is about items, and sentences known to name fields alone, goes on. */
function describe(detail: ErrorDetail): string {
  const path = detail['o:errorPath']?.replace(/[^\w.[\]:-]/g, '').slice(0, 80)
  const text = path?.startsWith('item') ? aboutItems(detail.detail) : aboutFields(detail.detail)
  return [detail['o:errorCode'].replace(/\W/g, '').slice(0, 60), path && `at ${path}`, text]
    .filter(Boolean)
    .join(' ')
}

const aboutItems = (text: string): string =>
  text
    .replace(/^Error while accessing (a )?resource[:.]?\s*/, '')
    .replace(/\S+@\S+/g, '…')
    .slice(0, 160)

function aboutFields(text: string): string {
  const invalid = /Invalid Field Value .*? for the following field: (\w+)/.exec(text)
  if (invalid) return `invalid value for the field ${invalid[1]}`
  if (/\b(closed|locked)\b.{0,60}\bperiod\b|\bperiod\b.{0,60}\b(closed|locked)\b/i.test(text)) {
    return 'the accounting period is closed or locked'
  }
  const missing = /Please enter value\(s\) for: ([\w ,/-]{1,120})/.exec(text)
  return missing ? `please enter value(s) for: ${missing[1]}` : ''
}

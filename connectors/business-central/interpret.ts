import type { Call, Reply } from '../../domain/account.ts'
import { except, type Failure, halt, ignore, retry, wait } from '../../domain/failure.ts'
import { parseJson } from '../../domain/parse.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { secondsIn, unsure } from '../kit/answers.ts'
import { ErrorBody } from './wire.ts'

/** Seconds to stay away: Business Central names none with its 429. */
const crowded = 30

/**
 * What an answer means for what happens next; the parsed body when it is good, `undefined` when it is empty.
 * Never throws. Whatever may have taken effect is `doubt` when the call was a write.
 */
export function interpret(kind: Call['kind'], reply: Reply): Result<unknown, Failure> {
  const answer = readAnswer(kind, reply)
  const rule = rules.find(({ when }) => when(answer))
  return rule ? err(rule.next(answer)) : ok(answer.json)
}

/** True when the entity is not what our ETag says, or not there any more: nothing was done. */
export function isStale(reply: Reply): boolean {
  const { status, code } = readAnswer('write', reply)
  return (
    status === 412 ||
    code === 'Request_EntityChanged' ||
    code === 'BadRequest_InvalidToken' ||
    (status === 404 && /^(Internal_RecordNotFound|BadRequest_(Resource)?NotFound)$/.test(code))
  )
}

interface Answer {
  readonly kind: Call['kind']
  readonly status: number
  readonly code: string
  readonly message: string
  readonly retryAfter: number | undefined
  readonly json: unknown
  /** Neither empty nor JSON: a proxy or a login page spoke. */
  readonly foreign: boolean
}

interface Rule {
  readonly when: (answer: Answer) => boolean
  readonly next: (answer: Answer) => Failure
}

const says = (pattern: RegExp) => (answer: Answer) => pattern.test(answer.code)

const isRefusal = ({ status }: Answer): boolean => status >= 400 && status < 500

/** The first that matches decides. Codes come before statuses: one status has several meanings. */
const rules: readonly Rule[] = [
  { when: ({ status }) => status === 429, next: throttled },
  { when: says(/TooManyRequests|RateLimit/i), next: throttled },
  { when: ({ foreign }) => foreign, next: unknownEnd },
  // The posting is committed before the action looks for the invoice, and says this where it made none.
  { when: says(/^Internal_(ServerError|TenantUnavailable|DataNotFoundFilter)$/), next: unknownEnd },
  {
    when: says(/^Internal_EntityWithSameKeyExists$/),
    next: () => ignore('Business Central has this record already'),
  },
  {
    when: (answer) => answer.status === 409 || says(/^Request_EntityChanged$/)(answer),
    next: ({ status }) => retry(`somebody else changed the record (${status})`),
  },
  {
    when: (answer) =>
      [401, 403].includes(answer.status) || says(/^(Authentication|Authorization)_/)(answer),
    next: (answer) => halt(`Business Central denied it${described(answer)}`),
  },
  {
    when: (answer) => answer.status === 404 || says(/^Internal_CompanyNotFound$/)(answer),
    next: (answer) =>
      halt(
        `Business Central does not know the place${described(answer)}: check tenantId, environment and companyId`,
      ),
  },
  // Cancelled after eight minutes, or by a gateway after less.
  { when: ({ status }) => status === 408, next: unknownEnd },
  {
    when: isRefusal,
    next: (answer) => except('effect-refused', `Business Central refused it${described(answer)}`),
  },
  { when: ({ status }) => ![200, 201, 204].includes(status), next: unknownEnd },
]

function readAnswer(kind: Call['kind'], { status, headers, body }: Reply): Answer {
  const parsed = body.trim() === '' ? undefined : parseJson(body)
  const json = parsed?.ok ? parsed.value : undefined
  const error = ErrorBody.safeParse(json).data?.error
  return {
    kind,
    status: error && status < 300 ? 400 : status,
    code: error?.code ?? '',
    message: error?.message ?? '',
    retryAfter: secondsIn(headers['retry-after']),
    json,
    foreign: parsed?.ok === false || (parsed?.ok === true && !isObject(json)),
  }
}

function throttled({ status, retryAfter }: Answer): Failure {
  return wait(`Business Central is crowded (${status})`, retryAfter ?? crowded)
}

function unknownEnd({ kind, status, code, foreign }: Answer): Failure {
  const what = foreign ? ' with something that is not JSON' : code && ` with ${tidy(code)}`
  const reason = `Business Central answered ${status}${what}`
  return unsure(kind, reason)
}

const isObject = (json: unknown): boolean => typeof json === 'object' && json !== null

const tidy = (code: string): string => code.replace(/\W/g, '').slice(0, 60)

function described({ status, code, message }: Answer): string {
  const text = aboutFields(message)
  return ` (${[status, tidy(code), text].filter(Boolean).join(' ')})`
}

/** Messages repeat values that were sent: only the names in sentences that are known go on. */
const sentences: readonly (readonly [RegExp, (names: readonly string[]) => string])[] = [
  [
    /The field (.{1,40}?) of table (.{1,40}?) contains a value \(.*?\) that cannot be found in the related table \((.{1,40}?)\)/s,
    ([field, table, related]) => `${field} of ${table}: not in ${related}`,
  ],
  [
    /^([\w .\-/]{1,50}?) must have a value in ([\w /]{1,40}?):/,
    ([field, table]) => `${field} must have a value in ${table}`,
  ],
  [
    /^([\w .\-/]{1,50}?) must be equal to '([\w ]{1,20})'\s+in ([\w /]{1,40}?):/,
    ([field, value, table]) => `${field} must be ${value} in ${table}`,
  ],
  [/The length of the string is (\d+), but it must be/, ([n]) => `a text of ${n} is too long`],
  [/You may not enter numbers manually/, () => 'the number series takes no manual numbers'],
  [/There is nothing to post/, () => 'there is nothing to post'],
  [/(Item|Account) does not exist/, ([what]) => `${what} does not exist`],
  [/The sell-to customer cannot be found/, () => 'the customer cannot be found'],
  [/The "(\w{1,40})" does not match/, ([field]) => `${field} does not match`],
]

function aboutFields(message: string): string {
  for (const [pattern, words] of sentences) {
    const found = pattern.exec(message)
    if (found) return words(found.slice(1))
  }
  return ''
}

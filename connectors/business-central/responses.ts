import type { Reply } from '../../domain/account.ts'
import {
  interpretBy,
  meets,
  type ResponseRules,
  readAnswer,
  type When,
} from '../kit/response-rules.ts'
import { ErrorBody } from './wire.ts'

const place = 'check tenantId, environment and companyId'

/** Codes come before statuses: one status has several meanings. */
const responses: ResponseRules = {
  vendor: 'Business Central',
  // It names none with its 429.
  wait: { seconds: 30 },
  error(json) {
    const error = ErrorBody.safeParse(json).data?.error
    if (!error) return undefined
    const code = error.code.replace(/\W/g, '').slice(0, 60)
    const detail = [code, aboutFields(error.message)].filter(Boolean).join(' ')
    return { codes: [error.code], detail }
  },
  rules: [
    { status: 429, next: 'wait', says: 'is crowded' },
    { code: /TooManyRequests|RateLimit/i, next: 'wait', says: 'is crowded' },
    { body: ['html', 'text'], next: 'doubt' },
    // The posting is committed before the action looks for the invoice, and says this where it made none.
    { code: /^Internal_(ServerError|TenantUnavailable|DataNotFoundFilter)$/, next: 'doubt' },
    {
      code: /^Internal_EntityWithSameKeyExists$/,
      next: 'ignore',
      says: 'has this record already',
    },
    { status: 409, next: 'retry', says: 'has another version of the record by now' },
    { code: /^Request_EntityChanged$/, next: 'retry', says: 'has another version by now' },
    { status: [401, 403], next: 'halt', says: 'denied it' },
    { code: /^(Authentication|Authorization)_/, next: 'halt', says: 'denied it' },
    { status: 404, next: 'halt', says: 'does not know the place', advice: place },
    {
      code: /^Internal_CompanyNotFound$/,
      next: 'halt',
      says: 'does not know the place',
      advice: place,
    },
    // Cancelled after eight minutes, or by a gateway after less.
    { status: 408, next: 'doubt' },
    { status: '4xx', next: 'except', says: 'refused it' },
  ],
}

export const interpret = interpretBy(responses)

const stale: readonly When[] = [
  { status: 412 },
  { code: /^(Request_EntityChanged|BadRequest_InvalidToken)$/ },
  { status: 404, code: /^(Internal_RecordNotFound|BadRequest_(Resource)?NotFound)$/ },
]

/** True when the entity is not what our ETag says, or not there any more: nothing was done. */
export function isStale(reply: Reply): boolean {
  const answer = readAnswer(responses, reply, 'write')
  return stale.some((when) => meets(when, answer))
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

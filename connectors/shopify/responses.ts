import { z } from 'zod'
import type { Call, Reply } from '../../domain/account.ts'
import { except, type Failure, retry } from '../../domain/failure.ts'
import { err, type Result } from '../../domain/result.ts'
import {
  interpretBy,
  meets,
  type ResponseRules,
  readAnswer,
  type When,
} from '../kit/response-rules.ts'

/**
 * What the Admin API's answers mean. Status codes do not decide it alone, because throttling, refusals and faults also come with
 * 200. Statuses as documented on shopify.dev, "Shopify API response status and error codes", read 2026-11-21.
 */
const responses: ResponseRules = {
  vendor: 'shopify',
  wait: { seconds: 2 },
  error(json, status) {
    const { errors: [first] = [], extensions } = Answer.safeParse(json).data ?? {}
    if (status !== 200 || !first) return undefined
    const code = first.extensions?.code ?? 'no code'
    return { status, codes: [code], detail: code, seconds: restoreSeconds(extensions?.cost) }
  },
  rules: [
    // Nothing was executed: the whole query is refused before it runs.
    { code: /^THROTTLED$/, next: 'wait', says: 'throttles' },
    { code: /^(INTERNAL_SERVER_ERROR|TIMEOUT)$/, next: 'doubt' },
    // An attempt with this key is under way, or was made of another suggestion: what came of it has to be looked up.
    { code: /^IDEMPOTENCY_(CONCURRENT_REQUEST|KEY_PARAMETER_MISMATCH)$/, next: 'doubt' },
    { code: /./, next: 'halt', says: 'does not accept the request' },
    { status: 301, next: 'halt', says: 'has the shop at another domain' },
    { status: 401, next: 'halt', says: 'refused a fresh access token' },
    { status: 402, next: 'halt', says: 'has frozen the shop for want of payment' },
    { status: 403, next: 'halt', says: 'misses a permission of the app' },
    { status: 404, next: 'halt', says: 'has no such shop or API version' },
    { status: 422, next: 'except', says: 'cannot process the request' },
    { status: 423, next: 'halt', says: 'has locked the shop' },
    { status: 429, next: 'wait', says: 'throttles' },
    { status: 430, next: 'wait', seconds: 60, says: 'finds the requests suspicious' },
    { status: '3xx', next: 'halt', says: 'does not accept the request' },
    { status: '4xx', next: 'halt', says: 'does not accept the request' },
  ],
}

const Cost = z.object({
  requestedQueryCost: z.number(),
  throttleStatus: z.object({ currentlyAvailable: z.number(), restoreRate: z.number().positive() }),
})

const Answer = z.object({
  errors: z
    .array(z.object({ extensions: z.object({ code: z.string().nullish() }).nullish() }))
    .optional(),
  extensions: z.object({ cost: Cost.optional().catch(undefined) }).nullish(),
})

/** How long what is missing takes, at the rate at which it comes back. */
function restoreSeconds(cost: z.infer<typeof Cost> | undefined): number | undefined {
  if (!cost) return undefined
  const { currentlyAvailable, restoreRate } = cost.throttleStatus
  return Math.max(1, Math.ceil((cost.requestedQueryCost - currentlyAvailable) / restoreRate))
}

/** An earlier attempt with this idempotency key has surely failed; only another key can do it. */
export const spent: Failure = retry('shopify says that an earlier attempt with this key has failed')
const isSpent: When = { code: /^IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED$/ }

const judge = interpretBy(responses)

export const interpret = (reply: Reply, kind: Call['kind']): Result<unknown, Failure> =>
  meets(isSpent, readAnswer(responses, reply, kind)) ? err(spent) : judge(reply, kind)

export const UserError = z.object({ field: z.array(z.string()).nullish(), message: z.string() })

/** Refusals of a mutation, in Shopify's words and with the field each is about. */
export function refusal(errors: readonly z.infer<typeof UserError>[]): Failure | undefined {
  if (errors.length === 0) return undefined
  const words = errors.map(({ field, message }) => `${field?.join('.') ?? 'request'}: ${message}`)
  return except('effect-refused', words.join('; '))
}

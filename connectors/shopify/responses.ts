import { z } from 'zod'
import type { Call, Reply } from '../../domain/account.ts'
import { except, type Failure, halt, retry, wait } from '../../domain/failure.ts'
import { parseJson } from '../../domain/parse.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { secondsIn, unsure } from '../kit/answers.ts'

type Kind = Call['kind']
type Verdict = (reply: Pick<Reply, 'status' | 'headers'>, kind: Kind) => Failure

/**
 * What an Admin API answer means: its `data`, or what happens next. Status codes do not decide it alone, because
 * throttling, refusals and faults also come with 200, and a proxy may answer HTML with any.
 */
export function interpret(reply: Reply, kind: Kind): Result<unknown, Failure> {
  if (reply.status !== 200) return err(byStatus(reply, kind))
  const json = parseJson(reply.body)
  const answer = json.ok ? Answer.safeParse(json.value) : undefined
  if (!answer?.success) return err(unknownEnd(reply, kind))

  const { data, errors, extensions } = answer.data
  const [first] = errors ?? []
  if (first) {
    const code = first.extensions?.code ?? undefined
    const judge = codes.get(code) ?? refusedQuery
    return err(judge({ kind, code, cost: extensions?.cost }))
  }
  return data ? ok(data) : err(unknownEnd(reply, kind))
}

/** An earlier attempt with this idempotency key has surely failed; only another key can do it. */
export const spent: Failure = retry('shopify says that an earlier attempt with this key has failed')

/** Refusals of a mutation, in Shopify's words and with the field each is about. */
export function refusal(errors: readonly UserError[]): Failure | undefined {
  if (errors.length === 0) return undefined
  const words = errors.map(({ field, message }) => `${field?.join('.') ?? 'request'}: ${message}`)
  return except('effect-refused', words.join('; '))
}

export const UserError = z.object({ field: z.array(z.string()).nullish(), message: z.string() })
export type UserError = z.infer<typeof UserError>

const Cost = z.object({
  requestedQueryCost: z.number(),
  throttleStatus: z.object({ currentlyAvailable: z.number(), restoreRate: z.number().positive() }),
})

const Answer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .array(z.object({ extensions: z.object({ code: z.string().nullish() }).nullish() }))
    .nullish(),
  extensions: z.object({ cost: Cost.optional().catch(undefined) }).nullish(),
})

interface Trouble {
  readonly kind: Kind
  readonly code: string | undefined
  readonly cost: z.infer<typeof Cost> | undefined
}

const halted = ({ code }: Trouble): Failure => halt(`shopify says ${code}`)
const lost = ({ kind, code }: Trouble): Failure => unsure(kind, `shopify says ${code}`)
const refusedQuery = ({ code }: Trouble): Failure =>
  halt(`shopify does not accept the request${code ? ` (${code})` : ''}`)

const codes: ReadonlyMap<string | undefined, (trouble: Trouble) => Failure> = new Map([
  // Nothing was executed: the whole query is refused before it runs.
  ['THROTTLED', ({ cost }) => wait('shopify throttles', restoreSeconds(cost))],
  ['ACCESS_DENIED', halted],
  ['SHOP_INACTIVE', halted],
  ['MAX_COST_EXCEEDED', halted],
  ['INTERNAL_SERVER_ERROR', lost],
  // An attempt with this key is under way, or was made of another suggestion: what came of it has to be looked up.
  ['IDEMPOTENCY_CONCURRENT_REQUEST', lost],
  ['IDEMPOTENCY_KEY_PARAMETER_MISMATCH', lost],
  ['IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED', () => spent],
  ['TIMEOUT', lost],
])

function restoreSeconds(cost: Trouble['cost']): number {
  if (!cost) return 2
  const { currentlyAvailable, restoreRate } = cost.throttleStatus
  return Math.max(1, Math.ceil((cost.requestedQueryCost - currentlyAvailable) / restoreRate))
}

/** Statuses as documented on shopify.dev, "Shopify API response status and error codes", read 2026-11-21. */
const statuses: Readonly<Record<number, Verdict>> = {
  301: () => halt('the shop has moved to another domain'),
  401: () => halt('shopify refused a fresh access token (401)'),
  402: () => halt('the shop is frozen for want of payment (402)'),
  403: () => halt('the app lacks a permission (403)'),
  404: () => halt('no such shop or API version (404)'),
  422: () => except('effect-refused', 'shopify cannot process the request (422)'),
  423: () => halt('the shop is locked (423)'),
  429: ({ headers }) => wait('shopify throttles (429)', secondsIn(headers['retry-after']) ?? 2),
  430: () => wait('shopify finds the requests suspicious (430)', 60),
}

function byStatus(reply: Reply, kind: Kind): Failure {
  const verdict = statuses[reply.status]
  if (verdict) return verdict(reply, kind)
  if (reply.status >= 500) return unknownEnd(reply, kind)
  return halt(`shopify does not accept the request (${reply.status})`)
}

const unknownEnd = ({ status }: Pick<Reply, 'status'>, kind: Kind): Failure =>
  unsure(kind, `shopify gave no usable answer (${status})`)

import { z } from 'zod'
import { interpretBy } from '../kit/response-rules.ts'

const refusals = [400, 404, 409, 422]

/** 422 is both a duplicate and a mistake; the specification has 400 for the mistakes, and 409 costs nothing to read. */
export const interpret = interpretBy({
  vendor: 'ShipBob',
  // 150 requests in a minute, which slides: nothing is ever longer to wait for.
  wait: { seconds: 60, most: 60, header: 'x-retry-after' },
  error(json, status) {
    if (!refusals.includes(status)) return undefined
    const problems = problemsIn(json)
    const fields = [...new Set(problems.flatMap((problem) => problem.fields))].slice(0, 10)
    return { codes: isDuplicate(problems) ? ['duplicate'] : [], detail: fields.join(', ') }
  },
  rules: [
    { body: ['html'], next: 'doubt' },
    { status: 429, next: 'wait', says: 'allows 150 requests a minute' },
    { status: 401, next: 'halt', says: 'does not accept the access token' },
    {
      status: 403,
      next: 'halt',
      says: 'lets the access token do less than this',
      advice: 'it needs orders_read, orders_write and inventory_read',
    },
    {
      status: refusals,
      code: /^duplicate$/,
      next: 'ignore',
      says: 'already has an order with this reference',
    },
    { status: refusals, next: 'except', says: 'refused it' },
  ],
})

/** One complaint in an error body. `fields` are names only, because messages may quote what was sent. */
interface Problem {
  readonly fields: readonly string[]
  readonly message: string
}

/**
 * ShipBob has three error bodies: `{"Field":["message"]}`, `{"errors":["message"]}` and
 * `{"title":…,"errors":{"Field":["message"]}}`. Anything else has no problems in it.
 */
function problemsIn(json: unknown): readonly Problem[] {
  const map = Fields.safeParse(json)
  if (!map.success) return []
  const { errors, ...fields } = map.data
  if (Array.isArray(errors)) return messagesOf(errors).map((message) => toProblem('', message))
  const named = Fields.safeParse(errors)
  return Object.entries(named.success ? named.data : fields).flatMap(([field, messages]) =>
    messagesOf(messages).map((message) => toProblem(field, message)),
  )
}

/** Whether ShipBob says that the order's own reference is taken. The same words about a product are a mistake. */
const isDuplicate = (problems: readonly Problem[]): boolean =>
  problems.some(
    ({ fields, message }) =>
      !fields.some((field) => /product/i.test(field)) &&
      duplicateWords.some((words) => words.test(message)),
  )

/** The first is what 1.0 said (seen in a public client, read 2026-11-21); the others are guesses in its spirit. */
const duplicateWords: readonly RegExp[] = [
  /existing\s+reference\s*_?id/i,
  /reference\s*_?id\b.*\b(already|exists|duplicate|unique|in use|taken)/i,
  /\b(duplicate|already|exists)\b.*\breference\s*_?id/i,
]

/** Names that a message without a field may mention. */
const known = [
  'reference_id',
  'order_number',
  'shipping_method',
  'channel',
  'recipient',
  'address1',
  'address2',
  'city',
  'state',
  'zip_code',
  'country',
  'email',
  'phone_number',
  'products',
  'quantity',
  'external_line_id',
  'unit_price',
  'purchase_date',
  'location_id',
]

function toProblem(field: string, message: string): Problem {
  if (/^[\w.[\]$ -]{1,80}$/.test(field)) return { fields: [field], message }
  const words = message.toLowerCase().replaceAll(/[ _]/g, '')
  return { fields: known.filter((name) => words.includes(name.replaceAll('_', ''))), message }
}

const Fields = z.record(z.string(), z.unknown())

const messagesOf = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).filter((message) => typeof message === 'string')

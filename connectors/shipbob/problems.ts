import { z } from 'zod'
import { parseJson } from '../../domain/parse.ts'

/** One complaint in an error body. `fields` are names only, because messages may quote what was sent. */
interface Problem {
  readonly fields: readonly string[]
  readonly message: string
}

/**
 * ShipBob has three error bodies: `{"Field":["message"]}`, `{"errors":["message"]}` and
 * `{"title":…,"errors":{"Field":["message"]}}`. Anything else has no problems in it.
 */
export function problemsIn(body: string): readonly Problem[] {
  const json = parseJson(body)
  const map = Fields.safeParse(json.ok ? json.value : undefined)
  if (!map.success) return []
  const { errors, ...fields } = map.data
  if (Array.isArray(errors)) return messagesOf(errors).map((message) => toProblem('', message))
  const named = Fields.safeParse(errors)
  return Object.entries(named.success ? named.data : fields).flatMap(([field, messages]) =>
    messagesOf(messages).map((message) => toProblem(field, message)),
  )
}

/** Whether ShipBob says that the order's own reference is taken. The same words about a product are a mistake. */
export const isDuplicate = (problems: readonly Problem[]): boolean =>
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

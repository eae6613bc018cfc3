import fc from 'fast-check'
import { z } from 'zod'

/** What a field of some name may hold besides what its schema alone says, for example the ids that there are. */
export type Known = Readonly<Record<string, readonly unknown[]>>

type Json = Readonly<Record<string, unknown>>

/** Values that a schema lets through, half of them made of what is known. */
export function sampled(schema: z.ZodType, known: Known = {}): fc.Arbitrary<unknown> {
  const described = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return any(described as Json, known).filter((value) => schema.safeParse(value).success)
}

function any(schema: Json, known: Known, name = ''): fc.Arbitrary<unknown> {
  const made = unknown(schema, known)
  const values = Object.hasOwn(known, name) ? known[name] : undefined
  return values ? fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...values) }, made) : made
}

function unknown(schema: Json, known: Known): fc.Arbitrary<unknown> {
  const { anyOf, oneOf, enum: values } = schema
  for (const choice of [anyOf, oneOf]) {
    if (Array.isArray(choice)) return fc.oneof(...choice.map((one: Json) => any(one, known)))
  }
  if ('const' in schema) return fc.constant(schema['const'])
  if (Array.isArray(values)) return fc.constantFrom(...values)
  switch (schema['type']) {
    case 'string':
      return text(schema)
    case 'integer':
    case 'number':
      return fc.integer(between(schema))
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return fc.array(any(Object(schema['items']), known), {
        minLength: Number(schema['minItems'] ?? 0),
        maxLength: Number(schema['minItems'] ?? 0) + 2,
      })
    case 'object':
      return object(schema, known)
    default:
      return fc.constant(undefined)
  }
}

function text({ format, pattern, minLength = 0, maxLength = 30 }: Json): fc.Arbitrary<string> {
  if (format === 'date-time') {
    const [min, max] = [new Date('2026-01-01T00:00:00Z'), new Date()]
    return fc.date({ min, max, noInvalidDate: true }).map((date) => date.toISOString())
  }
  if (format === 'email') return fc.constant('a.recipient@example.com')
  if (format === 'uri') return fc.constant('https://example.com/parcels/1')
  // Of three letters at random few are money.
  if (pattern === '^[A-Z]{3}$') return fc.constantFrom('EUR', 'USD', 'JPY')
  if (typeof pattern === 'string') return fc.stringMatching(new RegExp(pattern))
  return fc.string({ minLength: Number(minLength), maxLength: Math.min(30, Number(maxLength)) })
}

/** Small numbers, as people write them. */
function between({ minimum, maximum, exclusiveMinimum }: Json) {
  const min = Number(minimum ?? (exclusiveMinimum === undefined ? 0 : Number(exclusiveMinimum) + 1))
  const low = Math.max(min, -100)
  return { min: low, max: Math.min(Number(maximum ?? 100), low + 100) }
}

function object({ properties = {}, required = [] }: Json, known: Known): fc.Arbitrary<unknown> {
  const fields = Object.entries(Object(properties)).map(
    ([name, schema]) => [name, any(Object(schema), known, name)] as const,
  )
  const requiredKeys = Array.isArray(required) ? required : []
  return fc.record(Object.fromEntries(fields), { requiredKeys, noNullPrototype: true })
}

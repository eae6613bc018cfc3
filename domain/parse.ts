import type { z } from 'zod'
import { except, type Failure } from './failure.ts'
import { err, ok, type Result } from './result.ts'

/** Deeper JSON than any vendor sends: parsing it is cheap, but writing it again overflows the stack. */
const maxDepth = 64

/** Text from outside becomes a typed value, or an `unreadable-payload` that names every wrong field. */
export function parse<T extends z.ZodType>(schema: T, text: string): Result<z.infer<T>, Failure> {
  const json = parseJson(text)
  return json.ok ? read(schema, json.value) : json
}

/** A parsed value becomes a typed one, or an `unreadable-payload` that names every wrong field. */
export function read<T extends z.ZodType>(schema: T, value: unknown): Result<z.infer<T>, Failure> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return ok(parsed.data)
  return err(except('unreadable-payload', parsed.error.issues.map(describe).join('; ')))
}

/** `JSON.parse` that keeps integers beyond 2^53 as the digits that were sent, and refuses hostile depth. */
export function parseJson(text: string): Result<unknown, Failure> {
  if (depthExceeds(text, maxDepth)) {
    return err(except('unreadable-payload', `JSON is nested deeper than ${maxDepth} levels`))
  }
  try {
    return ok(/\d{16}/.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text))
  } catch {
    return err(except('unreadable-payload', 'the body is not JSON'))
  }
}

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  return context?.source && /^-?\d+$/.test(context.source) ? context.source : value
}

function depthExceeds(text: string, limit: number): boolean {
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (inString) {
      if (c === 92) i++
      else if (c === 34) inString = false
    } else if (c === 34) inString = true
    else if (c === 123 || c === 91) {
      if (++depth > limit) return true
    } else if (c === 125 || c === 93) depth--
  }
  return false
}

const describe = ({ path, message }: z.core.$ZodIssue): string =>
  `${path.join('.') || 'body'}: ${message}`

import type { z } from 'zod'
import { except, type Failure } from './failure.ts'
import { described, reasonOf } from './invalid.ts'
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
  const parsed = schema.safeParse(value, described)
  if (parsed.success) return ok(parsed.data)
  return err(except('unreadable-payload', parsed.error.issues.map(describe).join('; ')))
}

/**
 * `JSON.parse` that keeps integers beyond 2^53 as the digits that were sent and refuses hostile depth. In texts, what no
 * database or XML takes (half a surrogate pair, U+FFFE, control characters but for line ends and tabs) becomes U+FFFD,
 * and what turns the direction of writing is left out: a label would not say what is stored. Of a key that stands there
 * twice, the last holds, as everywhere in JavaScript.
 */
export function parseJson(text: string): Result<unknown, Failure> {
  if (isTooDeep(text)) {
    return err(except('unreadable-payload', `JSON is nested deeper than ${maxDepth} levels`))
  }
  try {
    return ok(JSON.parse(text, revivable.test(text) ? revive : undefined))
  } catch {
    return err(except('unreadable-payload', 'the body is not JSON'))
  }
}

/** Looks at the text, because a parser that gets eight million brackets needs hundreds of megabytes. */
function isTooDeep(text: string): boolean {
  let depth = 0
  let isInString = false
  for (let at = 0; at < text.length; at++) {
    const c = text[at]
    if (isInString) {
      if (c === '\\') at++
      else if (c === '"') isInString = false
    } else if (c === '"') isInString = true
    else if (c === '{' || c === '[') {
      if (++depth > maxDepth) return true
    } else if (c === '}' || c === ']') depth--
  }
  return false
}

/** A text without any of these has nothing for `revive`, which takes five times as long as the parsing. */
const revivable = /(?:^|[[\s:,-])\d{16}|\\[bfu]|[\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]/

function revive(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value === 'string') {
    return value.toWellFormed().replace(unstorable, '\uFFFD').replace(turning, '')
  }
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  return context?.source && /^-?\d+$/.test(context.source) ? context.source : value
}

const unstorable = /(?![\t\n\r\u007F-\u009F])\p{Cc}|[\uFFFE\uFFFF]/gu
const turning = /[\u202A-\u202E\u2066-\u2069]/g

const describe = (issue: z.core.$ZodIssue): string =>
  `${issue.path.join('.') || 'body'}: ${reasonOf(issue)}`

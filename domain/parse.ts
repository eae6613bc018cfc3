import type { z } from 'zod'
import { except, type Failure } from './failure.ts'
import { described, reasonOf } from './invalid.ts'
import { err, ok, type Result } from './result.ts'

/** Deeper than any vendor's JSON: parsing it would work, but serialising it overflows the stack. */
const maxDepth = 64

/** Parses untrusted text into a typed value, or fails with an `unreadable-payload` that names every wrong field. */
export function parse<T extends z.ZodType>(schema: T, text: string): Result<z.infer<T>, Failure> {
  const json = parseJson(text)
  return json.ok ? read(schema, json.value) : json
}

/** Validates a parsed value, or fails with an `unreadable-payload` that names every wrong field. */
export function read<T extends z.ZodType>(schema: T, value: unknown): Result<z.infer<T>, Failure> {
  const parsed = schema.safeParse(value, described)
  if (parsed.success) return ok(parsed.data)
  return err(except('unreadable-payload', parsed.error.issues.map(describe).join('; ')))
}

/**
 * `JSON.parse` that keeps integers beyond 2^53 as strings of their digits and rejects excessive depth. In texts,
 * characters that databases or XML reject (unpaired surrogates, U+FFFE, control characters except line ends and tabs)
 * become U+FFFD, and bidirectional controls are removed, because a label would show something else than is stored. Of
 * duplicate keys the last wins, as usual in JavaScript.
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

/** Checks the text, because a parser needs hundreds of megabytes for eight million brackets. */
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

/** A text without any of these does not need `revive`, which takes five times as long as parsing. */
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

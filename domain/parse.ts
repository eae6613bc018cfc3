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
  const parsed = schema.safeParse(value, { reportInput: true })
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
  try {
    const tidier = isSuspicious(text) ? tidy : undefined
    if (text.length <= harmless && !opensWithLongDigits(text)) {
      const value: unknown = JSON.parse(text, tidier)
      const worst = inspect(value, 0)
      if (worst === found.depth) return tooDeep
      if (worst === found.nothing) return ok(value)
    }
    const safe = quoteUnsafeIntegers(text)
    return safe === undefined ? tooDeep : ok(JSON.parse(safe, tidier))
  } catch {
    return err(except('unreadable-payload', 'the body is not JSON'))
  }
}

const tooDeep = err(except('unreadable-payload', `JSON is nested deeper than ${maxDepth} levels`))

/**
 * Characters. Up to here a text is parsed before its depth and its integers are looked at: V8's parser keeps no stack, so
 * the deepest takes a few megabytes, and looking at values costs a sixth of looking at characters.
 */
const harmless = 65_536

/** Who sends ids beyond 2^53 sends one first: such a body would be parsed twice. */
const opensWithLongDigits = (text: string): boolean => /[[\s:,-]\d{16}/.test(text.slice(0, 100))

/** What may stand in the way of a parsed value as it is, the worse the greater. */
const found = { nothing: 0, unsafeIntegers: 1, depth: 2 } as const

/** Apart from `inspectMembers`, so that V8 puts it there: most values are leaves, and a call costs more than looking. */
function inspect(value: unknown, depth: number): number {
  if (typeof value === 'number') return isExact(value) ? found.nothing : found.unsafeIntegers
  return typeof value === 'object' && value !== null ? inspectMembers(value, depth) : found.nothing
}

function inspectMembers(value: object, depth: number): number {
  if (depth === maxDepth) return found.depth
  let worst: number = found.nothing
  if (Array.isArray(value)) {
    for (const item of value) worst = Math.max(worst, inspect(item, depth + 1))
  } else {
    // What `JSON.parse` made has no other keys than its own.
    const members = value as Readonly<Record<string, unknown>>
    for (const key in members) worst = Math.max(worst, inspect(members[key], depth + 1))
  }
  return worst
}

/** Not an integer beyond 2^53, which could have been written with other digits; beyond all doubles, it is infinite. */
const isExact = (number: number): boolean =>
  Number.isSafeInteger(number) || (Number.isFinite(number) && !Number.isInteger(number))

/**
 * The text with unsafe integers in quotes; `undefined` when it is nested too deep. One pass over the text costs a
 * fifth of what a reviver does, and JSON that was invalid stays so.
 */
function quoteUnsafeIntegers(text: string): string | undefined {
  let depth = 0
  let quoted = ''
  let done = 0
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at)
    if (c === quote) {
      at = endOfString(text, at)
    } else if (c === 123 || c === 91) {
      if (++depth > maxDepth) return undefined
    } else if (c === 125 || c === 93) {
      depth--
    } else if (isNumeric(c)) {
      const end = endOfNumber(text, at)
      if (end - at > 15 && isUnsafe(text.slice(at, end)) && !isKey(text, end)) {
        quoted += `${text.slice(done, at)}"${text.slice(at, end)}"`
        done = end
      }
      at = end - 1
    }
  }
  return quoted + text.slice(done)
}

/** What `tidy` may have to mend, escaped or as it is: it is rare, and a reviver costs as much as the parsing. */
const isSuspicious = (text: string): boolean =>
  /[\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]/.test(text) ||
  (text.includes('\\') && /\\(?:[bf]|u(?:[dD][89a-fA-F]|00[01]|20[26]|[fF]{3}))/.test(text))
const unstorable = /(?![\t\n\r\u007F-\u009F])\p{Cc}|[\uFFFE\uFFFF]/gu
const turning = /[\u202A-\u202E\u2066-\u2069]/g

const tidy = (_key: string, value: unknown): unknown =>
  typeof value === 'string'
    ? value.toWellFormed().replace(unstorable, '\uFFFD').replace(turning, '')
    : value

const quote = 34
const backslash = 92

/** The position of the closing quote, or past the end when there is none. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = 0
    while (text.charCodeAt(at - 1 - slashes) === backslash) slashes++
    if (slashes % 2 === 0) return at
  }
  return text.length
}

function endOfNumber(text: string, start: number): number {
  let end = start + 1
  while (end < text.length && isNumeric(text.charCodeAt(end))) end++
  return end
}

/** 0 to 9, and what else a number may be made of: + - . e E. */
const isNumeric = (c: number): boolean =>
  (c >= 48 && c <= 57) || c === 45 || c === 46 || c === 43 || c === 101 || c === 69

const isUnsafe = (number: string): boolean =>
  /^-?[1-9]\d*$/.test(number) && !Number.isSafeInteger(Number(number))

/** A bare number before a colon is not JSON, and must not become it. */
function isKey(text: string, end: number): boolean {
  const colon = /\s*:/y
  colon.lastIndex = end
  return colon.test(text)
}

const describe = (issue: z.core.$ZodIssue): string => {
  const number = numberIn(issue)
  const value = number === undefined ? '' : ` (it is ${number})`
  return `${issue.path.join('.') || 'body'}: ${issue.message}${value}`
}

/**
 * The value that a schema refused, where it is a number and no text was wanted: those point at no person, and who looks for
 * the cause needs them. Only of what was read with `reportInput`.
 */
export function numberIn(issue: z.core.$ZodIssue): string | undefined {
  const { input, message } = issue
  const isNumber =
    typeof input === 'number' || (typeof input === 'string' && /^[-+.,\deE]{1,30}$/.test(input))
  if (!isNumber || !judgesNumbers(issue) || message.includes(String(input))) return undefined
  return String(input)
}

function judgesNumbers(issue: z.core.$ZodIssue): boolean {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'number' || issue.expected === 'int'
    case 'too_small':
    case 'too_big':
      return issue.origin === 'number' || issue.origin === 'int'
    case 'invalid_format':
      return issue.format === 'regex'
    default:
      return issue.code === 'invalid_union'
  }
}

import type { z } from 'zod'

/** A wrong field, and its correction. */
export interface Invalid {
  readonly detail: string
  readonly fix: string
}

const missing = 'is missing'

/** Parse options for `invalid`: issues carry a schema's own messages, never zod's. */
export const described: z.core.ParseContext<z.core.$ZodIssue> = {
  reportInput: true,
  error: ({ input }) => (input === undefined ? missing : ''),
}

/** Describes an issue of a parse with `described`. Repeats the value only if it is a number. */
export function invalid(issue: z.core.$ZodIssue): Invalid {
  const { detail, fix } = judge(issue)
  const number = numberIn(issue)
  return { detail: number === undefined ? detail : `${detail}: ${number}`, fix }
}

/** The same for people who cannot change the input: the fault, by the schema's own message if it has one. */
export function reasonOf(issue: z.core.$ZodIssue): string {
  const number = numberIn(issue)
  return `${issue.message || judge(issue).detail}${number === undefined ? '' : ` (it is ${number})`}`
}

function judge(issue: z.core.$ZodIssue): Invalid {
  const { message } = issue
  if (message !== '' && message !== missing) {
    return message.startsWith(`${missing}; `)
      ? { detail: missing, fix: message.slice(`${missing}; `.length) }
      : { detail: 'is not accepted', fix: message }
  }
  switch (issue.code) {
    case 'invalid_type': {
      const kind = kinds[issue.expected] ?? issue.expected
      return { detail: message || `is not ${kind}`, fix: `write ${kind}` }
    }
    case 'invalid_value':
      return { detail: message || 'is unknown', fix: oneOf(issue.values) }
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options)
        ? { detail: message || 'is unknown', fix: oneOf(issue.options) }
        : { detail: message || 'is not accepted', fix: 'see the description of this field' }
    case 'too_small':
      return { detail: 'is too small or too short', fix: `write at least ${issue.minimum}` }
    case 'too_big':
      return { detail: 'is too large or too long', fix: `write at most ${issue.maximum}` }
    case 'invalid_format': {
      const format = formats[issue.format]
      if (format) return { detail: `is not ${format}`, fix: `write ${format}` }
      return { detail: 'is not accepted', fix: `write a value that matches ${issue.pattern}` }
    }
    case 'unrecognized_keys':
      return {
        detail: `has no field ${issue.keys.join(', ')}`,
        fix: 'remove it, or check its spelling',
      }
    default:
      return { detail: message || 'is not accepted', fix: 'see the description of this field' }
  }
}

const oneOf = (values: readonly unknown[]): string => `write one of ${values.join(', ')}`

const kinds: Readonly<Record<string, string>> = {
  string: 'a string in quotes',
  number: 'a number without quotes',
  int: 'a whole number without quotes',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object in { }',
}

const formats: Readonly<Record<string, string>> = {
  date: 'a date such as 2026-11-30',
  datetime: 'an ISO 8601 date and time such as 2026-11-30T12:00:00Z',
  email: 'an e-mail address',
  url: 'a URL',
}

/** The rejected value, if a number was expected: a number identifies no one and helps to find the cause. */
function numberIn(issue: z.core.$ZodIssue): string | undefined {
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

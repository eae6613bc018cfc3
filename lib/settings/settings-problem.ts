import type { z } from 'zod'

/** Something wrong in the settings: where, and what to write instead. */
export interface Problem {
  readonly path: readonly PropertyKey[]
  readonly what: string
}

/** Every issue that zod found, in words. `known` are the fields to suggest for a misspelt one. */
export function problemsOf(
  error: z.ZodError,
  document: unknown,
  schema: z.ZodType,
  known?: readonly string[],
): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map((key) => ({
          path: [...issue.path, key],
          what: unknownField(key, known ?? fieldsAt(schema, issue.path)),
        }))
      case 'invalid_type':
        return [{ path: issue.path, what: wrongType(issue.expected, at(document, issue.path)) }]
      case 'invalid_value': {
        const found = at(document, issue.path)
        const what = found === undefined ? 'is missing' : `${shown(found)} is unknown`
        return [
          { path: issue.path, what: `${what}; write one of ${oneOf(issue.values.map(String))}` },
        ]
      }
      case 'invalid_key':
        return [{ path: issue.path, what: issue.issues.map(({ message }) => message).join('; ') }]
      case 'too_small': {
        const bound = issue.inclusive === false ? 'a number above' : atLeast(issue.origin)
        return [{ path: issue.path, what: `write ${bound} ${issue.minimum}` }]
      }
      case 'too_big':
        return [{ path: issue.path, what: `write a number of at most ${issue.maximum}` }]
      default:
        return [{ path: issue.path, what: issue.message }]
    }
  })
}

/** `routes[0].erp`, `connections["shopify/main-store"].shop`. */
export function sayPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => {
      if (typeof key === 'number') return `[${key}]`
      const name = String(key)
      if (!/^[\w$]+$/.test(name)) return `[${JSON.stringify(name)}]`
      return index === 0 ? name : `.${name}`
    })
    .join('')
}

export const oneOf = (names: readonly string[]): string =>
  names.length > 0 ? names.join(', ') : '(none yet)'

/** Vendors' own prefixes, keys in PEM, and long random text. */
export const looksSecret = (text: string): boolean =>
  /^(whsec_|shpss_|shpat_|shpca_|sk_|pat_|ghp_|AKIA)/.test(text) ||
  text.includes('-----BEGIN') ||
  (/^[A-Za-z0-9+/_=-]{32,}$/.test(text) &&
    /\d/.test(text) &&
    /[A-Z]/.test(text) &&
    /[a-z]/.test(text))

function unknownField(key: string, known: readonly string[]): string {
  const near = known.find((name) => distance(key.toLowerCase(), name.toLowerCase()) <= 2)
  if (near) return `unknown field; did you mean "${near}"?`
  return `unknown field; remove it, or write one of ${oneOf(known)}`
}

function wrongType(expected: string, found: unknown): string {
  const wanted = typeNames[expected] ?? expected
  if (found === undefined) return `is missing; write ${wanted}`
  const kind = Array.isArray(found) ? 'a list' : kindNames[typeof found]
  return `${shown(found)} is ${kind}; write ${wanted}`
}

const kindNames: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number without quotes',
  int: 'a whole number without quotes',
  boolean: 'true or false',
  array: 'a list in [ ]',
  object: 'an object in { }',
  record: 'an object in { }',
}

const atLeast = (origin: string): string =>
  origin === 'array'
    ? 'a list of at least'
    : origin === 'string'
      ? 'a string of at least'
      : 'a number of at least'

/** Short enough to find the place, never long enough to hold a key. */
function shown(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > 40 ? `${text.slice(0, 20)}…` : text
}

const at = (document: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
    document,
  )

/** The fields that an object schema has at a path, looking through lists, defaults and options. */
function fieldsAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let here: unknown = schema
  for (const key of [...path, undefined]) {
    here = unwrapped(here)
    if (key === undefined) break
    here =
      typeof key === 'number' ? Reflect.get(Object(here), 'element') : shapeOf(here)[String(key)]
  }
  return Object.keys(shapeOf(here))
}

const shapeOf = (schema: unknown): Record<string, unknown> =>
  Object(Reflect.get(Object(schema), 'shape'))

function unwrapped(schema: unknown): unknown {
  const { type, innerType } = Object(Reflect.get(Object(schema), 'def'))
  return ['default', 'prefault', 'optional'].includes(type) ? unwrapped(innerType) : schema
}

/** Letters to add, drop or change to make one word of the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries()) {
      next.push(
        Math.min(
          (next[j] ?? 0) + 1,
          (row[j + 1] ?? 0) + 1,
          (row[j] ?? 0) + (letter === other ? 0 : 1),
        ),
      )
    }
    row = next
  }
  return row[b.length] ?? 0
}

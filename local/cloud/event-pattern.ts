/**
 * Whether an event matches a pattern of EventBridge, also used by the filters of event source mappings.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function matches(pattern: Readonly<Record<string, unknown>>, event: unknown): boolean {
  return Object.entries(pattern).every(([key, expected]) => {
    if (key === '$or') return list(expected).some((part) => matches(Object(part), event))
    const present = isRecord(event) && Object.hasOwn(event, key)
    const value = present ? event[key] : undefined
    if (!Array.isArray(expected)) return matchesNested(Object(expected), value)
    const values = Array.isArray(value) ? value : [value]
    return expected.some((rule) =>
      present && values.length > 0
        ? values.some((one) => matchesRule(rule, one))
        : matchesAbsent(rule),
    )
  })
}

/** What a pattern uses that is not supported; undefined when all of it is. */
export function unsupportedIn(pattern: unknown): string | undefined {
  if (!isRecord(pattern)) return 'a pattern must be an object'
  for (const [key, expected] of Object.entries(pattern)) {
    if (key === '$or') {
      const wrong = list(expected).map(unsupportedIn).find(Boolean)
      if (wrong) return wrong
    } else if (Array.isArray(expected)) {
      const wrong = expected.map(unsupportedRule).find(Boolean)
      if (wrong) return `${key}: ${wrong}`
    } else {
      const wrong = unsupportedIn(expected)
      if (wrong) return `${key}: ${wrong}`
    }
  }
  return undefined
}

type Rule = (argument: unknown, value: unknown) => boolean

const rules: Readonly<Record<string, Rule>> = {
  prefix: (argument, value) => affix(argument, value, (text, part) => text.startsWith(part)),
  suffix: (argument, value) => affix(argument, value, (text, part) => text.endsWith(part)),
  'equals-ignore-case': (argument, value) =>
    typeof value === 'string' && value.toLowerCase() === String(argument).toLowerCase(),
  wildcard: (argument, value) =>
    typeof value === 'string' && wildcard(String(argument)).test(value),
  numeric: (argument, value) => typeof value === 'number' && numeric(list(argument), value),
  exists: (argument) => argument === true,
  'anything-but': (argument, value) =>
    isRecord(argument)
      ? !Object.entries(argument).some(([name, part]) =>
          (Array.isArray(part) ? part : [part]).some((one) => rules[name]?.(one, value)),
        )
      : !(Array.isArray(argument) ? argument : [argument]).includes(value),
}

function unsupportedRule(rule: unknown): string | undefined {
  if (!isRecord(rule)) return undefined
  const unknown = Object.keys(rule).find((name) => !Object.hasOwn(rules, name))
  if (unknown === undefined) return undefined
  return `matcher ${unknown} is not supported (supported: ${Object.keys(rules).join(', ')})`
}

/** An array of objects matches when one of them does. */
function matchesNested(pattern: Readonly<Record<string, unknown>>, value: unknown): boolean {
  return Array.isArray(value) ? value.some((one) => matches(pattern, one)) : matches(pattern, value)
}

function matchesRule(rule: unknown, value: unknown): boolean {
  if (!isRecord(rule)) return rule === value
  return Object.entries(rule).every(([name, argument]) => rules[name]?.(argument, value) === true)
}

function matchesAbsent(rule: unknown): boolean {
  return isRecord(rule) && rule['exists'] === false
}

function affix(
  argument: unknown,
  value: unknown,
  test: (text: string, part: string) => boolean,
): boolean {
  if (typeof value !== 'string') return false
  if (!isRecord(argument)) return test(value, String(argument))
  return test(value.toLowerCase(), String(argument['equals-ignore-case']).toLowerCase())
}

const comparisons: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '=': (value, limit) => value === limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
}

function numeric(parts: readonly unknown[], value: number): boolean {
  for (let index = 0; index < parts.length; index += 2) {
    const compare = comparisons[String(parts[index])]
    if (!compare?.(value, Number(parts[index + 1]))) return false
  }
  return true
}

function wildcard(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*')}$`, 's')
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

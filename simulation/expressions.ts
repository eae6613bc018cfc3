export type Item = Readonly<Record<string, unknown>>

export interface Names {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>>
}

type Test = (item: Item, names: Names) => boolean
type Value = (item: Item, names: Names) => unknown

const parsed = new Map<string, Test>()

/** Whether a condition, a key condition or a filter of DynamoDB holds for an item; throws on what is not modelled. */
export function holds(expression: string | undefined, item: Item, names: Names): boolean {
  if (expression === undefined) return true
  const test = parsed.get(expression) ?? parse(expression)
  parsed.set(expression, test)
  return test(item, names)
}

/** The item after an update expression of SET and REMOVE. */
export function updated(expression: string, item: Item, names: Names): Item {
  let after = item
  for (const [, verb = '', what = ''] of expression.matchAll(
    /(SET|REMOVE)\s+(.*?)(?=\s+(?:SET|REMOVE)\s|$)/gs,
  )) {
    for (const part of what.split(betweenParts)) {
      const [path = '', operand = ''] = part.split(/=(.*)/s).map((each) => each.trim())
      const at = path.split('.').map((one) => names.ExpressionAttributeNames?.[one] ?? one)
      after = placed(after, at, verb === 'REMOVE' ? undefined : operandAt(operand, item, names))
    }
  }
  return after
}

/** Commas that separate no arguments. */
const betweenParts = /,(?![^(]*\))/

/** The item with a value at a path, or without it. */
function placed(item: Item, [name = '', ...rest]: readonly string[], value: unknown): Item {
  const own = rest.length === 0 ? value : placed(Object(item[name]), rest, value)
  const { [name]: _, ...others } = item
  return own === undefined ? others : { ...others, [name]: own }
}

/** What an attribute is set to: values, attributes and functions of them, added and taken off. */
function operandAt(operand: string, item: Item, names: Names): unknown {
  const [first = '', ...rest] = operand.split(/\s+(?=[+-]\s)/)
  return rest.reduce<unknown>(
    (sum, term) => {
      const units = Number(termAt(term.slice(1).trim(), item, names))
      return Number(sum) + (term.startsWith('+') ? units : -units)
    },
    termAt(first.trim(), item, names),
  )
}

function termAt(term: string, item: Item, names: Names): unknown {
  const [, called, given = ''] = /^(\w+)\((.*)\)$/s.exec(term) ?? []
  if (called === undefined) return valueAt(term, item, names)
  const [one, other] = given.split(',').map((each) => valueAt(each.trim(), item, names))
  if (called === 'if_not_exists') return one ?? other
  if (called === 'list_append')
    return [...(one as readonly unknown[]), ...(other as readonly unknown[])]
  throw new Error(`the simulation does not model ${called}() of DynamoDB`)
}

const token = /\s*(<=|>=|<>|[=<>(),]|[#:]?\w[\w.#]*)/y

function parse(expression: string): Test {
  const tokens = tokensOf(expression)
  let at = 0
  const next = (): string => tokens[at++] ?? ''
  const either = (): Test => {
    let test = both()
    while (tokens[at]?.toUpperCase() === 'OR') {
      at += 1
      const [left, right] = [test, both()]
      test = (item, names) => left(item, names) || right(item, names)
    }
    return test
  }
  const both = (): Test => {
    let test = one()
    while (tokens[at]?.toUpperCase() === 'AND') {
      at += 1
      const [left, right] = [test, one()]
      test = (item, names) => left(item, names) && right(item, names)
    }
    return test
  }
  const list = (): string[] => {
    const given: string[] = []
    for (let each = next(); each !== ')'; each = next()) if (!'(,'.includes(each)) given.push(each)
    return given
  }
  const one = (): Test => {
    const first = next()
    if (first === '(') {
      const inner = either()
      at += 1
      return inner
    }
    if (first.toUpperCase() === 'NOT') {
      const inner = one()
      return (item, names) => !inner(item, names)
    }
    if (first === 'size') {
      const [path = ''] = list()
      return compared(`size(${path})`, next(), next())
    }
    if (tokens[at] === '(') return called(first, list())
    if (tokens[at]?.toUpperCase() === 'BETWEEN') {
      const [, low, , high] = [next(), next(), next(), next()]
      const [above, below] = [compared(first, '>=', low), compared(first, '<=', high)]
      return (item, names) => above(item, names) && below(item, names)
    }
    return compared(first, next(), next())
  }
  const test = either()
  if (at < tokens.length) throw new Error(`the simulation does not read "${expression}"`)
  return test
}

function tokensOf(expression: string): readonly string[] {
  const tokens: string[] = []
  token.lastIndex = 0
  while (token.lastIndex < expression.trimEnd().length) {
    const found = token.exec(expression)?.[1]
    if (found === undefined) throw new Error(`the simulation does not read "${expression}"`)
    tokens.push(found)
  }
  return tokens
}

function called(name: string, [path = '', argument = '']: readonly string[]): Test {
  const given = valued(path)
  const wanted = valued(argument)
  switch (name) {
    case 'attribute_exists':
      return (item, names) => given(item, names) !== undefined
    case 'attribute_not_exists':
      return (item, names) => given(item, names) === undefined
    case 'begins_with':
      return (item, names) =>
        String(given(item, names) ?? '').startsWith(String(wanted(item, names)))
    default:
      throw new Error(`the simulation does not model ${name}() of DynamoDB`)
  }
}

type Compare = (left: string | number, right: string | number) => boolean

const isSame = (left: unknown, right: unknown): boolean =>
  left instanceof Uint8Array && right instanceof Uint8Array
    ? Buffer.compare(left, right) === 0
    : left === right

const comparisons: Readonly<Record<string, Compare>> = {
  '=': isSame,
  '<>': (left, right) => !isSame(left, right),
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
}

function compared(left: string, sign: string, right: string): Test {
  const compare = comparisons[sign]
  if (!compare) throw new Error(`the simulation does not model "${sign}" of DynamoDB`)
  const [valueLeft, valueRight] = [valued(left), valued(right)]
  return (item, names) => {
    const [one, other] = [valueLeft(item, names), valueRight(item, names)]
    if (one === undefined || other === undefined) return false
    // DynamoDB compares within one type, and what is compared here are texts, numbers, booleans and bytes.
    return typeof one === typeof other && compare(one as string, other as string)
  }
}

const valueAt = (token: string, item: Item, names: Names): unknown => valued(token)(item, names)

/** What a token stands for: a given value, an attribute, or the size of one. */
function valued(token: string): Value {
  const [, sized] = /^size\((.*)\)$/.exec(token) ?? []
  if (sized !== undefined) {
    const value = valued(sized)
    return (item, names) => Object(value(item, names)).length
  }
  if (token.startsWith(':')) return (_, names) => names.ExpressionAttributeValues?.[token]
  const path = token.split('.')
  return (item, names) => {
    let value: unknown = item
    for (const part of path) value = Object(value)[names.ExpressionAttributeNames?.[part] ?? part]
    return value
  }
}

/** What an intrinsic function may ask for while a template is resolved. */
export interface Scope {
  /** `AWS::Region` and the like; `AWS::NoValue` is undefined. */
  readonly pseudo: Readonly<Record<string, string | undefined>>
  /** The value of `Ref` (no attribute) or `Fn::GetAtt`; throws when the resource has no such attribute. */
  attribute(logicalId: string, attribute?: string): unknown
  imported(exportName: string): unknown
  condition(name: string): boolean
}

type Intrinsic = (argument: unknown, scope: Scope) => unknown

/** A template's value with every intrinsic replaced; throws an Error that names one it does not know. */
export function resolve(value: unknown, scope: Scope): unknown {
  if (typeof value === 'string') return plainString(value)
  if (Array.isArray(value)) {
    return value.map((item) => resolve(item, scope)).filter((item) => item !== undefined)
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const [first] = entries
  if (first && entries.length === 1 && (first[0] === 'Ref' || first[0].startsWith('Fn::'))) {
    return call(first[0], first[1], scope)
  }
  return Object.fromEntries(
    entries
      .map(([name, item]) => [name, resolve(item, scope)] as const)
      .filter(([, item]) => item !== undefined),
  )
}

/** Evaluates a template's condition. */
export function evaluate(condition: unknown, scope: Scope): boolean {
  const [name, argument] = only(condition)
  const parts = Array.isArray(argument) ? argument : []
  switch (name) {
    case 'Fn::Equals':
      return resolve(parts[0], scope) === resolve(parts[1], scope)
    case 'Fn::And':
      return parts.every((part) => evaluate(part, scope))
    case 'Fn::Or':
      return parts.some((part) => evaluate(part, scope))
    case 'Fn::Not':
      return !evaluate(parts[0], scope)
    case 'Condition':
      return scope.condition(String(argument))
    default:
      throw new Error(`condition ${name} is not supported`)
  }
}

const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, scope) => {
    const name = String(argument)
    return name in scope.pseudo ? scope.pseudo[name] : scope.attribute(name)
  },
  'Fn::GetAtt': (argument, scope) => {
    const [id, ...path] = Array.isArray(argument) ? argument : String(argument).split('.')
    return scope.attribute(String(id), path.join('.'))
  },
  'Fn::Join': (argument, scope) => {
    const [separator, parts] = list(argument)
    return list(resolve(parts, scope)).join(String(separator))
  },
  'Fn::Select': (argument, scope) => {
    const [index, parts] = list(argument)
    return list(resolve(parts, scope))[Number(resolve(index, scope))]
  },
  'Fn::Split': (argument, scope) => {
    const [separator, text] = list(argument)
    return String(resolve(text, scope)).split(String(separator))
  },
  'Fn::Sub': (argument, scope) => {
    const [text, given] = Array.isArray(argument) ? argument : [argument, {}]
    const variables = Object.fromEntries(Object.entries(Object(resolve(given ?? {}, scope))))
    return String(text).replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) =>
      literal ? `\${${name}}` : String(variables[name] ?? substitute(name, scope)),
    )
  },
  'Fn::ImportValue': (argument, scope) => scope.imported(String(resolve(argument, scope))),
  'Fn::If': (argument, scope) => {
    const [condition, whenTrue, whenFalse] = list(argument)
    return resolve(scope.condition(String(condition)) ? whenTrue : whenFalse, scope)
  },
}

function call(name: string, argument: unknown, scope: Scope): unknown {
  const intrinsic = intrinsics[name]
  if (intrinsic) return intrinsic(argument, scope)
  throw new Error(
    `intrinsic ${name} is not supported (supported: ${Object.keys(intrinsics).join(', ')})`,
  )
}

function substitute(name: string, scope: Scope): unknown {
  if (name in scope.pseudo) return scope.pseudo[name]
  const [id, ...path] = name.split('.')
  return scope.attribute(id ?? name, path.length > 0 ? path.join('.') : undefined)
}

function plainString(text: string): string {
  if (text.includes('{{resolve:')) {
    throw new Error(`dynamic reference ${text} is not supported: let the function read the secret`)
  }
  return text
}

function only(condition: unknown): readonly [string, unknown] {
  const [entry] = Object.entries(Object(condition))
  return entry ?? ['(empty)', undefined]
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

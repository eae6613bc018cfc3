import { z } from 'zod'
import type { Refuse } from './refusal.ts'

/** One statement of an identity's or a resource's policy. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny'
  readonly action: Matcher
  readonly resource: Matcher
  /** True when the statement speaks of this principal; identity policies speak of their own. */
  readonly principal: (principal: Principal) => boolean
  readonly conditions: readonly Condition[]
}

/** Who asks: a role of the account, or a service. */
export interface Principal {
  readonly arn?: string
  readonly service?: string
}

/** One action on one resource. */
export interface Question {
  readonly action: string
  readonly resource: string
  /** Condition keys in lower case and their values. */
  readonly context?: Readonly<Record<string, readonly string[]>>
}

type DeclaredPrincipal =
  | '*'
  | {
      readonly AWS?: readonly string[] | undefined
      readonly Service?: readonly string[] | undefined
    }
type Matcher = (value: string) => boolean
type Condition = (context: Readonly<Record<string, readonly string[]>>) => boolean

const OneOrMore = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (typeof value === 'string' ? [value] : value))

const Value = z.union([z.string(), z.boolean(), z.number()]).transform(String)

const Document = z.strictObject({
  Version: z.string().optional(),
  Id: z.string().optional(),
  Statement: z.preprocess(
    (value) => (Array.isArray(value) ? value : [value]),
    z.array(
      z.strictObject({
        Sid: z.string().optional(),
        Effect: z.enum(['Allow', 'Deny']),
        Action: OneOrMore.optional(),
        NotAction: OneOrMore.optional(),
        Resource: OneOrMore.optional(),
        NotResource: OneOrMore.optional(),
        Principal: z
          .union([
            z.literal('*'),
            z.strictObject({ AWS: OneOrMore.optional(), Service: OneOrMore.optional() }),
          ])
          .optional(),
        Condition: z
          .record(
            z.string(),
            z.record(z.string(), z.union([Value.transform((value) => [value]), z.array(Value)])),
          )
          .optional(),
      }),
    ),
  ),
})

/** Services that the laptop serves: only their statements are ever asked, so only theirs must be understood. */
const served = [
  'dynamodb',
  's3',
  'sqs',
  'events',
  'secretsmanager',
  'lambda',
  'logs',
  'sts',
  'execute-api',
  '*',
]

/** The statements of a policy document; a condition that is not understood is refused by name. */
export function readPolicy(document: unknown, where: string, refuse: Refuse): readonly Statement[] {
  const parsed = Document.safeParse(document)
  if (!parsed.success) {
    refuse(`${where}: policy: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`)
    return []
  }
  return parsed.data.Statement.flatMap((statement) => {
    const actions = statement.Action ?? statement.NotAction ?? []
    const asked =
      statement.NotAction !== undefined ||
      actions.some((action) => served.includes(action.split(':')[0] ?? ''))
    if (!asked) return []
    return [
      {
        effect: statement.Effect,
        action: matcher(statement.Action, statement.NotAction, true),
        resource: matcher(statement.Resource, statement.NotResource, false),
        principal: principalMatcher(statement.Principal, statement.Effect),
        conditions: readConditions(statement.Condition ?? {}, where, refuse),
      },
    ]
  })
}

/** Deny by default: what these statements say to the question. */
export function decide(
  statements: readonly Statement[],
  question: Question,
  principal: Principal,
): 'allow' | 'deny' | 'silent' {
  const context = { 'aws:securetransport': ['true'], ...question.context }
  const speaking = about(statements, question).filter(
    (statement) =>
      statement.principal(principal) && statement.conditions.every((holds) => holds(context)),
  )
  if (speaking.some(({ effect }) => effect === 'Deny')) return 'deny'
  return speaking.length > 0 ? 'allow' : 'silent'
}

/** The statements that speak of an action on a resource: the same few questions are asked all the time. */
function about(
  statements: readonly Statement[],
  { action, resource }: Question,
): readonly Statement[] {
  const asked = remembered.get(statements) ?? new Map<string, readonly Statement[]>()
  remembered.set(statements, asked)
  const key = `${action} ${resource}`
  const known = asked.get(key)
  if (known) return known
  const found = statements.filter(
    (statement) => statement.action(action.toLowerCase()) && statement.resource(resource),
  )
  // Objects in a bucket are without number.
  if (asked.size > 2_000) asked.clear()
  asked.set(key, found)
  return found
}

const remembered = new WeakMap<readonly Statement[], Map<string, readonly Statement[]>>()

/** Condition keys the gateway gives a value to. */
const knownKeys = [
  'aws:securetransport',
  'aws:sourcearn',
  'aws:sourceaccount',
  'aws:principalaccount',
  'aws:principalarn',
  'dynamodb:leadingkeys',
  'events:source',
  'events:detail-type',
]

type Compare = (expected: string) => Matcher

const equals: Compare = (expected) => (value) => value === expected
const operators: Readonly<Record<string, Compare>> = {
  StringEquals: equals,
  StringLike: (expected) => wildcard(expected),
  ArnEquals: (expected) => wildcard(expected),
  ArnLike: (expected) => wildcard(expected),
  Bool: (expected) => (value) => value.toLowerCase() === expected.toLowerCase(),
}
const negated: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
}

function readConditions(
  conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>,
  where: string,
  refuse: Refuse,
): readonly Condition[] {
  return Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).flatMap(([key, expected]) => {
      const condition = readCondition(operator, key.toLowerCase(), expected)
      if (!knownKeys.includes(key.toLowerCase())) {
        refuse(
          `${where}: condition key ${key} is not supported (supported: ${knownKeys.join(', ')})`,
        )
      }
      if (condition) return [condition]
      refuse(`${where}: condition operator ${operator} is not supported (${operatorList()})`)
      return []
    }),
  )
}

function readCondition(
  operator: string,
  key: string,
  expected: readonly string[],
): Condition | undefined {
  const every = operator.startsWith('ForAllValues:')
  const name = operator.replace(/^For(All|Any)Values?:/, '').replace(/IfExists$/, '')
  const negative = Object.hasOwn(negated, name)
  const compare = operators[negated[name] ?? name]
  if (!compare) return undefined
  const matchers = expected.map(compare)
  const matches: Matcher = (value) => matchers.some((match) => match(value)) !== negative
  // With the key absent, ForAllValues holds: there is no value that fails it.
  const whenAbsent = every || negative || operator.endsWith('IfExists')
  return (context) => {
    const values = context[key]
    if (!values) return whenAbsent
    return every ? values.every(matches) : values.some(matches)
  }
}

function operatorList(): string {
  return `supported: ${[...Object.keys(operators), ...Object.keys(negated)].join(', ')}, with ForAllValues, ForAnyValue and IfExists`
}

function matcher(
  wanted: readonly string[] | undefined,
  unwanted: readonly string[] | undefined,
  lowerCase: boolean,
): Matcher {
  const patterns = (wanted ?? unwanted ?? ['*']).map((pattern) =>
    wildcard(lowerCase ? pattern.toLowerCase() : pattern),
  )
  const wants = wanted !== undefined || unwanted === undefined
  return (value) => patterns.some((matches) => matches(value)) === wants
}

function principalMatcher(
  declared: DeclaredPrincipal | undefined,
  effect: 'Allow' | 'Deny',
): (principal: Principal) => boolean {
  if (declared === undefined || declared === '*') return () => true
  const { AWS = [], Service = [] } = declared
  return ({ arn, service }) =>
    (service !== undefined && Service.includes(service)) ||
    (arn !== undefined &&
      AWS.some((known) => known === '*' || known === arn || (effect === 'Deny' && isRoot(known))))
}

/** The account itself: allowing it only delegates to the identities' own policies. */
function isRoot(declared: string): boolean {
  return declared.endsWith(':root')
}

/** Whether a value fits a pattern with `*` and `?`. */
export function wildcard(pattern: string): Matcher {
  if (!/[*?]/.test(pattern)) return (value) => value === pattern
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  const expression = new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's')
  return (value) => expression.test(value)
}

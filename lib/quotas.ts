import type { Template } from './rules.ts'

/** What an AWS account or a stack has room for by default, and how much of it an environment uses. */
interface Quota {
  readonly name: string
  readonly most: number
  /** The largest use, and where it is. */
  readonly used: (templates: ReadonlyMap<string, Template>) => Use
}

interface Use {
  readonly count: number
  readonly where: string
}

/** AWS's default quotas that a hundred connections come near to (documentation of 2026-11). */
export const quotas: readonly Quota[] = [
  { name: 'resources of a stack', most: 500, used: (all) => largest(perStack(all)) },
  { name: 'outputs of a stack', most: 200, used: (all) => largest(outputs(all)) },
  {
    name: 'bytes of a function’s environment',
    most: 4096,
    used: (all) => largest(sizes(all, 'AWS::Lambda::Function', 'Environment')),
  },
  {
    name: 'characters of the policies of a role',
    most: 10_240,
    used: (all) => largest(sizes(all, 'AWS::IAM::Policy', 'PolicyDocument')),
  },
  { name: 'rules of a bus', most: 300, used: (all) => total(all, 'AWS::Events::Rule') },
  { name: 'roles of an account', most: 1000, used: (all) => total(all, 'AWS::IAM::Role') },
  {
    name: 'alarms of a region',
    most: 5000,
    used: (all) => total(all, 'AWS::CloudWatch::Alarm'),
  },
]

/** Every quota that an environment does not keep to, in words. */
export const beyondQuotas = (templates: ReadonlyMap<string, Template>): string[] =>
  quotas.flatMap(({ name, most, used }) => {
    const { count, where } = used(templates)
    return count > most ? [`${where} has ${count} ${name}; the AWS limit is ${most}`] : []
  })

function* perStack(all: ReadonlyMap<string, Template>): Iterable<Use> {
  for (const [where, { Resources }] of all) yield { where, count: Object.keys(Resources).length }
}

function* outputs(all: ReadonlyMap<string, Template>): Iterable<Use> {
  for (const [where, { Outputs = {} }] of all) yield { where, count: Object.keys(Outputs).length }
}

function* sizes(all: ReadonlyMap<string, Template>, type: string, property: string): Iterable<Use> {
  for (const [stack, { Resources }] of all) {
    for (const [id, { Type, Properties = {} }] of Object.entries(Resources)) {
      if (Type !== type) continue
      yield { where: `${stack}/${id}`, count: JSON.stringify(filled(Properties[property])).length }
    }
  }
}

const largest = (uses: Iterable<Use>): Use =>
  [...uses].reduce((most, each) => (each.count > most.count ? each : most), {
    count: 0,
    where: 'nothing',
  })

const total = (all: ReadonlyMap<string, Template>, type: string): Use => ({
  where: 'the environment',
  count: [...all.values()].flatMap(({ Resources }) =>
    Object.values(Resources).filter(({ Type }) => Type === type),
  ).length,
})

/** As long as a generated name or an ARN usually is. */
const usual = 'x'.repeat(100)

/** A value with something in place of what only the deployment knows. */
function filled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(filled)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const [[key, argument] = ['', undefined]] = entries
  if (entries.length === 1 && key === 'Ref' && String(argument).startsWith('AWS::'))
    return 'eu-central-1'
  if (entries.length === 1 && key === 'Fn::Join') {
    return [filled(Object(argument)[1])].flat().join('')
  }
  if (entries.length === 1 && (key === 'Ref' || key.startsWith('Fn::'))) return usual
  return Object.fromEntries(entries.map(([name, each]) => [name, filled(each)]))
}

import type { z } from 'zod'
import type { Stack } from './assembly.ts'
import { type Attributes, attributesOf, type Place } from './attributes.ts'
import { evaluate, resolve, type Scope } from './intrinsics.ts'
import type { Refuse } from './refusal.ts'
import {
  isSupported,
  type Properties,
  propertiesOf,
  type ResourceType,
  supported,
} from './supported.ts'

/** One resource of the assembly with every value resolved. */
export interface Resource<T extends ResourceType = ResourceType> {
  readonly stack: string
  readonly id: string
  readonly type: T
  readonly attributes: Attributes
  readonly properties: Properties<T>
}

/** All stacks as one cloud. */
export interface Model {
  readonly place: Place
  of<T extends ResourceType>(type: T): readonly Resource<T>[]
  /** Directory of a function's code, from the asset's key. */
  asset(stack: string, key: string): string | undefined
}

/** `Stack/LogicalId (Type)`: how every refusal names a resource. */
export function nameOf(resource: Pick<Resource, 'stack' | 'id' | 'type'>): string {
  return `${resource.stack}/${resource.id} (${resource.type})`
}

/** Resolves every resource of every stack; what is not supported is refused by name. */
export function readModel(stacks: readonly Stack[], place: Place, refuse: Refuse): Model {
  const exports = new Map<string, () => unknown>()
  const scopes = stacks.map((stack) => scopeOf(stack, place, exports))
  for (const [index, stack] of stacks.entries()) {
    for (const output of Object.values(stack.template.Outputs ?? {})) {
      const scope = scopes[index]
      if (!output.Export || !scope) continue
      exports.set(String(resolve(output.Export.Name, scope)), () => resolve(output.Value, scope))
    }
  }
  const resources = stacks.flatMap((stack, index) => {
    const scope = scopes[index]
    return scope ? readStack(stack, scope, refuse) : []
  })
  return {
    place,
    // The filter proves the type; TypeScript cannot follow it through the generic.
    of: <T extends ResourceType>(type: T) =>
      resources.filter((resource) => resource.type === type) as unknown as readonly Resource<T>[],
    asset: (stack, key) =>
      stacks.find(({ name }) => name === stack)?.assets.get(key.replace(/\.zip$/, '')),
  }
}

function readStack(stack: Stack, scope: Scope, refuse: Refuse): readonly Resource[] {
  return Object.entries(stack.template.Resources ?? {}).flatMap(([id, declared]) => {
    const where = `${stack.name}/${id} (${declared.Type})`
    if (!isSupported(declared.Type)) {
      refuse(`${where}: this resource type is not supported (supported: ${typeList()})`)
      return []
    }
    try {
      if (declared.Condition !== undefined && !scope.condition(declared.Condition)) return []
      const resolved = resolve(declared.Properties ?? {}, scope)
      const parsed = supported[declared.Type].safeParse(resolved)
      if (parsed.success) {
        return [resourceOf(stack.name, id, declared.Type, parsed.data, attributesIn(scope, id))]
      }
      for (const issue of parsed.error.issues) refuse(`${where}: ${explain(issue, declared.Type)}`)
    } catch (error) {
      refuse(`${where}: ${error instanceof Error ? error.message : String(error)}`)
    }
    return []
  })
}

function resourceOf<T extends ResourceType>(
  stack: string,
  id: string,
  type: T,
  properties: unknown,
  attributes: Attributes,
): Resource {
  // `properties` was parsed by the schema of `type` just before.
  return { stack, id, type, attributes, properties } as Resource
}

function explain(issue: z.core.$ZodIssue, type: ResourceType): string {
  const path = issue.path.join('.')
  if (issue.code !== 'unrecognized_keys') return `property ${path}: ${issue.message}`
  const names = issue.keys.map((key) => [...issue.path, key].join('.')).join(', ')
  return `property ${names} is not supported (${type} is known with: ${propertiesOf(type).join(', ')})`
}

function typeList(): string {
  return Object.keys(supported).join(', ')
}

function attributesIn(scope: Scope, id: string): Attributes {
  const attributes = allAttributes.get(scope)?.(id)
  if (!attributes) throw new Error(`resource ${id} does not exist`)
  return attributes
}

const allAttributes = new WeakMap<Scope, (id: string) => Attributes | undefined>()

function scopeOf(stack: Stack, place: Place, exports: ReadonlyMap<string, () => unknown>): Scope {
  const known = new Map<string, Attributes>()
  const lookUp = (id: string): Attributes | undefined => {
    const declared = stack.template.Resources?.[id]
    if (!declared || !isSupported(declared.Type)) return undefined
    const found = known.get(id)
    if (found) return found
    const given = (property: string): string | undefined => {
      const value = resolve(declared.Properties?.[property], scope)
      return value === undefined ? undefined : String(value)
    }
    const made = attributesOf({ stack: stack.name, id, type: declared.Type, given }, place)
    known.set(id, made)
    return made
  }
  const scope: Scope = {
    pseudo: pseudoParameters(stack, place),
    attribute: (id, attribute = 'Ref') => readAttribute(stack, lookUp, id, attribute),
    imported: (name) => {
      const value = exports.get(name)
      if (!value) throw new Error(`Fn::ImportValue ${name}: no stack exports it`)
      return value()
    },
    condition: (name) => evaluate(stack.template.Conditions?.[name], scope),
  }
  allAttributes.set(scope, lookUp)
  return scope
}

function readAttribute(
  stack: Stack,
  lookUp: (id: string) => Attributes | undefined,
  id: string,
  attribute: string,
): unknown {
  const parameter = stack.template.Parameters?.[id]
  if (parameter) {
    if (parameter.Default === undefined) throw new Error(`parameter ${id} has no default`)
    return parameter.Default
  }
  const type = stack.template.Resources?.[id]?.Type
  if (type === undefined) throw new Error(`it refers to ${id}, which does not exist`)
  const attributes = lookUp(id)
  if (!attributes) throw new Error(`it refers to ${id}, of the unsupported type ${type}`)
  const value = attributes[attribute]
  if (value !== undefined) return value
  throw new Error(
    `attribute ${id}.${attribute} is not supported (${type} is known with: ${Object.keys(attributes).join(', ')})`,
  )
}

function pseudoParameters(
  stack: Stack,
  place: Place,
): Readonly<Record<string, string | undefined>> {
  return {
    'AWS::AccountId': place.account,
    'AWS::Region': place.region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stack.name,
    'AWS::StackId': `arn:aws:cloudformation:${place.region}:${place.account}:stack/${stack.name}/local`,
    'AWS::NoValue': undefined,
  }
}

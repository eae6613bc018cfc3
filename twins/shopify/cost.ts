import {
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  getNamedType,
  isCompositeType,
  Kind,
  type SelectionSetNode,
} from 'graphql'
import { schema } from './schema.ts'

/**
 * A leaky bucket of a Plus shop: 20,000 points, 1,000 back each second. Shopify admits a query by what it may cost at
 * most and charges what it did cost.
 */
export function leakyBucket(now: () => Date) {
  const maximumAvailable = 20_000
  const restoreRate = 1_000
  let level = maximumAvailable
  let at = now().getTime()

  const available = (): number => {
    const elapsed = Math.max(0, now().getTime() - at)
    level = Math.min(maximumAvailable, level + (elapsed * restoreRate) / 1000)
    at = now().getTime()
    return level
  }
  return {
    admits: (cost: number): boolean => available() >= cost,
    charge: (cost: number): void => {
      level = Math.max(0, available() - cost)
    },
    status: () => ({ maximumAvailable, currentlyAvailable: Math.floor(available()), restoreRate }),
  }
}

export const singleQueryLimit = 1_000

/** What a query may cost at most: an object is 1, a mutation 10, a connection grows with the page it asks for. */
export function requestedCost(
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
) {
  return document.definitions.reduce((cost, definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION) return cost
    const isMutation = definition.operation === 'mutation'
    const root = isMutation ? schema.getMutationType() : schema.getQueryType()
    const mutation = isMutation ? 10 : 0
    return root ? cost + mutation + costOf(definition.selectionSet, root, variables) : cost
  }, 0)
}

function costOf(
  selections: SelectionSetNode,
  parent: GraphQLCompositeType,
  variables: Readonly<Record<string, unknown>>,
): number {
  return selections.selections.reduce((cost, selection) => {
    if (selection.kind !== Kind.FIELD || !('getFields' in parent)) return cost
    const field = parent.getFields()[selection.name.value]
    const type = field && getNamedType(field.type)
    if (!type || !isCompositeType(type) || !selection.selectionSet) return cost
    const children = costOf(selection.selectionSet, type, variables)
    const isConnection = type.name.endsWith('Connection')
    return cost + 1 + (isConnection ? pageFactor(selection, variables) * children : children)
  }, 0)
}

/** Fits the one cost published for a large page: 250 nodes of two objects each are 25 points (community.shopify.dev). */
function pageFactor(field: FieldNode, variables: Readonly<Record<string, unknown>>): number {
  const first = field.arguments?.find(({ name }) => name.value === 'first')?.value
  const size =
    first?.kind === Kind.INT
      ? Number(first.value)
      : Number(first?.kind === Kind.VARIABLE ? variables[first.name.value] : 1)
  return Math.max(1, Math.ceil(2 * Math.log(size || 1)))
}

/** What an answer did cost: its objects. */
export function actualCost(data: unknown): number {
  if (typeof data !== 'object' || data === null) return 0
  const own = Array.isArray(data) ? 0 : 1
  return Object.values(data).reduce<number>((cost, value) => cost + actualCost(value), own)
}

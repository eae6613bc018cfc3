import { marshall } from '@aws-sdk/util-dynamodb'
import { holds, type Item, type Names, updated } from './expressions.ts'

/** What a template says of a table. */
export interface TableDesign {
  readonly name: string
  readonly key: Key
  readonly indexes: Readonly<Record<string, Key>>
  readonly streamArn?: string
}

interface Key {
  readonly hash: string
  readonly range?: string
}

/** A change that a table's stream tells. */
export interface Change {
  readonly sequence: number
  readonly kind: 'INSERT' | 'MODIFY' | 'REMOVE'
  readonly key: Item
  /** The item as it is now and as it was; nobody may change them. */
  readonly image: Item | undefined
  readonly old: Item | undefined
}

/** What DynamoDB answers with instead of doing it. */
export class TableError extends Error {
  readonly CancellationReasons: readonly { readonly Code: string }[]
  /** What made a condition fail, in DynamoDB's notation. */
  readonly Item: unknown

  constructor(name: string, reasons: readonly string[] = [], found?: Item) {
    super(`${name} (simulated)`)
    this.name = name
    this.CancellationReasons = reasons.map((Code) => ({ Code }))
    this.Item = found && marshall(found, { removeUndefinedValues: true })
  }
}

export interface Put extends Names {
  readonly TableName: string
  readonly Item: Item
  readonly ConditionExpression?: string
  readonly ReturnValuesOnConditionCheckFailure?: 'ALL_OLD'
}

export interface Update extends Names {
  readonly TableName: string
  readonly Key: Item
  readonly UpdateExpression: string
  readonly ConditionExpression?: string
}

export interface Query extends Names {
  readonly TableName: string
  readonly IndexName?: string
  readonly KeyConditionExpression?: string
  readonly FilterExpression?: string
  readonly Limit?: number
  readonly ScanIndexForward?: boolean
}

/** One table: copies of items, so that nobody shares an object with anybody, and its indexes. */
export class Table {
  readonly design: TableDesign
  readonly #partitions = new Map<unknown, Map<unknown, Item>>()
  readonly #indexes = new Map<string, Map<unknown, Map<string, Item>>>()
  readonly #tell: (change: Change) => void
  #sequence = 0

  constructor(design: TableDesign, tell: (change: Change) => void) {
    this.design = design
    this.#tell = tell
    for (const name of Object.keys(design.indexes)) this.#indexes.set(name, new Map())
  }

  get(key: Item): Item | undefined {
    const found = this.#find(key)
    return found && copyOf(found)
  }

  allows(key: Item, condition: string | undefined, names: Names): boolean {
    return holds(condition, this.#find(key) ?? {}, names)
  }

  put(given: Item): void {
    const { hash, range } = this.design.key
    const item = copyOf(given)
    const partition = this.#partitions.get(item[hash]) ?? new Map<unknown, Item>()
    const old = partition.get(range && item[range])
    this.#partitions.set(item[hash], partition.set(range && item[range], item))
    this.#index(old, item)
    this.#change(old ? 'MODIFY' : 'INSERT', this.keyOf(item), { image: item, old })
  }

  delete(key: Item): void {
    const { hash, range } = this.design.key
    const old = this.#find(key)
    if (!old) return
    this.#partitions.get(key[hash])?.delete(range && key[range])
    this.#index(old, undefined)
    this.#change('REMOVE', this.keyOf(key), { image: undefined, old })
  }

  update(key: Item, { UpdateExpression, ...names }: Update): void {
    this.put(updated(UpdateExpression, this.#find(key) ?? key, names))
  }

  query(query: Query): readonly Item[] {
    const { IndexName, KeyConditionExpression, FilterExpression, Limit } = query
    const key = IndexName === undefined ? this.design.key : this.design.indexes[IndexName]
    if (!key) throw new Error(`table ${this.design.name} has no index ${IndexName}`)
    const found = this.#candidates(key, query)
      .filter(
        (item) =>
          holds(KeyConditionExpression, item, query) && holds(FilterExpression, item, query),
      )
      .toSorted((a, b) => compare(a[key.range ?? ''], b[key.range ?? '']))
    const ordered = query.ScanIndexForward === false ? found.toReversed() : found
    return ordered.slice(0, Limit).map(copyOf)
  }

  all(): readonly Item[] {
    return this.#everything().map(copyOf)
  }

  keyOf(item: Item): Item {
    const { hash, range } = this.design.key
    return { [hash]: item[hash], ...(range && { [range]: item[range] }) }
  }

  /** One partition, by the value that the condition compares its key with. */
  #candidates(key: Key, query: Query): readonly Item[] {
    const { KeyConditionExpression = '', IndexName } = query
    const named = Object.entries(query.ExpressionAttributeNames ?? {}).find(
      ([, name]) => name === key.hash,
    )
    const compared = comparedIn(KeyConditionExpression, named?.[0] ?? key.hash)
    const hash = query.ExpressionAttributeValues?.[compared]
    if (hash === undefined) return this.#everything()
    const found =
      IndexName === undefined ? this.#partitions.get(hash) : this.#indexes.get(IndexName)?.get(hash)
    return found ? [...found.values()] : []
  }

  #everything(): readonly Item[] {
    return [...this.#partitions.values()].flatMap((partition) => [...partition.values()])
  }

  #find(key: Item): Item | undefined {
    const { hash, range } = this.design.key
    return this.#partitions.get(key[hash])?.get(range && key[range])
  }

  #index(before: Item | undefined, after: Item | undefined): void {
    for (const [name, { hash, range }] of Object.entries(this.design.indexes)) {
      const index = this.#indexes.get(name)
      const id = JSON.stringify(this.keyOf(after ?? before ?? {}))
      if (before) index?.get(before[hash])?.delete(id)
      if (!after || after[hash] === undefined || (range && after[range] === undefined)) continue
      const entries = index?.get(after[hash]) ?? new Map<string, Item>()
      index?.set(after[hash], entries.set(id, after))
    }
  }

  #change(kind: Change['kind'], key: Item, images: Pick<Change, 'image' | 'old'>): void {
    this.#sequence += 1
    if (this.design.streamArn) this.#tell({ sequence: this.#sequence, kind, key, ...images })
  }
}

const compared = new Map<string, string>()

/** What a key condition compares an attribute with, such as `:pk`; nothing when it does not. */
function comparedIn(condition: string, attribute: string): string {
  const asked = `${attribute} in ${condition}`
  const known = compared.get(asked)
  if (known !== undefined) return known
  const [, value = ''] =
    new RegExp(`(?:^|[\\s(])${attribute}\\s*=\\s*(:\\w+)`).exec(condition) ?? []
  compared.set(asked, value)
  return value
}

/** The item again, which nobody else has; what is undefined is left out, as the document client does. */
const copyOf = (item: Item): Item => copied(item) as Item

/** The value as JSON would bring it back, with its bytes. */
export function copied(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return Buffer.from(value)
  if (Array.isArray(value)) return value.map(copied)
  const copy: Record<string, unknown> = {}
  for (const [name, own] of Object.entries(value)) {
    if (own !== undefined) copy[name] = copied(own)
  }
  return copy
}

function compare(one: unknown, other: unknown): number {
  const [left, right] = [String(one), String(other)]
  return left < right ? -1 : left > right ? 1 : 0
}

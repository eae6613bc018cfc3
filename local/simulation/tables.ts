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
  /** The item as it is now and as it was, for `itemIn`. */
  readonly image: string | undefined
  readonly old: string | undefined
}

/** What DynamoDB answers with instead of doing it. */
export class TableError extends Error {
  readonly CancellationReasons: readonly { readonly Code: string }[]
  /** What made a condition fail, for whoever asks. */
  readonly Item: Item | undefined

  constructor(name: string, reasons: readonly string[] = [], found?: Item) {
    super(`${name} (simulated)`)
    this.name = name
    this.CancellationReasons = reasons.map((Code) => ({ Code }))
    this.Item = found
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

interface Stored {
  readonly text: string
  readonly entry: Item
}

/** One table: items as text, so that nobody shares an object with anybody, and its indexes. */
export class Table {
  readonly design: TableDesign
  readonly #partitions = new Map<unknown, Map<unknown, Stored>>()
  readonly #indexes = new Map<string, Map<unknown, Map<string, Item>>>()
  readonly #tell: (change: Change) => void
  #sequence = 0

  constructor(design: TableDesign, tell: (change: Change) => void) {
    this.design = design
    this.#tell = tell
    for (const name of Object.keys(design.indexes)) this.#indexes.set(name, new Map())
  }

  get(key: Item): Item | undefined {
    const text = this.#find(key)?.text
    return text === undefined ? undefined : itemIn(text)
  }

  allows(key: Item, condition: string | undefined, names: Names): boolean {
    return holds(condition, this.#find(key)?.entry ?? {}, names)
  }

  put(item: Item): void {
    const { hash, range } = this.design.key
    const partition = this.#partitions.get(item[hash]) ?? new Map<unknown, Stored>()
    const before = partition.get(range && item[range])
    const stored = { text: textOf(item), entry: item }
    this.#partitions.set(item[hash], partition.set(range && item[range], stored))
    this.#index(before?.entry, item)
    this.#change(before ? 'MODIFY' : 'INSERT', this.keyOf(item), {
      image: stored.text,
      old: before?.text,
    })
  }

  delete(key: Item): void {
    const { hash, range } = this.design.key
    const before = this.#find(key)
    if (!before) return
    this.#partitions.get(key[hash])?.delete(range && key[range])
    this.#index(before.entry, undefined)
    this.#change('REMOVE', this.keyOf(key), { image: undefined, old: before.text })
  }

  update(key: Item, { UpdateExpression, ...names }: Update): void {
    this.put(updated(UpdateExpression, this.get(key) ?? key, names))
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
    return ordered.slice(0, Limit).map((item) => itemIn(textOf(item)))
  }

  all(): readonly Item[] {
    return [...this.#partitions.values()].flatMap((partition) =>
      [...partition.values()].map(({ text }) => itemIn(text)),
    )
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
    const [, value = ''] =
      new RegExp(`(?:^|[\\s(])${named?.[0] ?? key.hash}\\s*=\\s*(:\\w+)`).exec(
        KeyConditionExpression,
      ) ?? []
    const hash = query.ExpressionAttributeValues?.[value]
    if (hash === undefined) return this.all()
    return IndexName === undefined
      ? [...(this.#partitions.get(hash)?.values() ?? [])].map(({ entry }) => entry)
      : [...(this.#indexes.get(IndexName)?.get(hash)?.values() ?? [])]
  }

  #find(key: Item): Stored | undefined {
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

/** An item as text; what is undefined is left out, as the document client does. */
const textOf = (item: Item): string =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries(item).map(([name, value]) => [
        name,
        value instanceof Uint8Array ? { binary: Buffer.from(value).toString('base64') } : value,
      ]),
    ),
  )

/** The item again, which nobody else has. */
export function itemIn(text: string): Item {
  const item: Record<string, unknown> = JSON.parse(text)
  for (const [name, value] of Object.entries(item)) {
    const binary: unknown = value && typeof value === 'object' && Object(value).binary
    if (typeof binary === 'string') item[name] = Buffer.from(binary, 'base64')
  }
  return item
}

function compare(one: unknown, other: unknown): number {
  const [left, right] = [String(one), String(other)]
  return left < right ? -1 : left > right ? 1 : 0
}

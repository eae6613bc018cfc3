import { Fault } from '../../domain/fault.ts'

/** DynamoDB's own notation of a value, as JSON carries it. */
type Attribute = Readonly<Record<string, unknown>>
type Attributes = Readonly<Record<string, object>>
type Item = Readonly<Record<string, unknown>>

/** An item in DynamoDB's notation, without its fields that are `undefined`; throws at what DynamoDB does not have. */
export const attributesOf = (item: Item): Readonly<Record<string, Attribute>> =>
  Object.fromEntries(
    Object.keys(item).flatMap((name) =>
      item[name] === undefined ? [] : [[name, writeAttribute(item[name])]],
    ),
  )

/** An item as it was before; throws at what JavaScript does not have. */
export const itemOf = (attributes: Attributes): Record<string, unknown> =>
  Object.fromEntries(
    Object.keys(attributes).map((name) => [name, readAttribute(attributes[name] ?? {})]),
  )

function writeAttribute(value: unknown): Attribute {
  if (typeof value === 'string') return { S: value }
  if (typeof value === 'number') return { N: digitsOf(value) }
  if (typeof value === 'boolean') return { BOOL: value }
  if (value === null) return { NULL: true }
  if (value instanceof Uint8Array) return { B: base64Of(value) }
  if (Array.isArray(value)) {
    return { L: value.filter((one) => one !== undefined).map(writeAttribute) }
  }
  if (typeof value === 'object') return { M: attributesOf(value as Item) }
  throw new Fault(`DynamoDB has no ${typeof value}`)
}

function readAttribute(attribute: object): unknown {
  // One member, which is the value's type.
  for (const [type, written] of Object.entries(attribute)) {
    const read = readers.get(type)
    if (read) return read(written)
  }
  throw new Fault('DynamoDB has a value of no type that is used here')
}

const asItIs = (value: unknown): unknown => value

const readers: ReadonlyMap<string, (written: unknown) => unknown> = new Map([
  ['S', asItIs],
  ['N', numberOf],
  ['BOOL', asItIs],
  ['NULL', () => null],
  ['B', (written: unknown) => Buffer.from(String(written), 'base64')],
  ['L', (written: unknown) => (written as readonly object[]).map(readAttribute)],
  ['M', (written: unknown) => itemOf(written as Attributes)],
])

/** DynamoDB has 38 digits; a number that lost some would be written as another. */
function digitsOf(value: number): string {
  if (isExact(value)) return String(value)
  throw new Fault('a number is none that DynamoDB and JavaScript both have')
}

function numberOf(written: unknown): number {
  const value = Number(written)
  if (isExact(value)) return value
  throw new Fault('DynamoDB has a number that JavaScript has not')
}

const isExact = (value: number): boolean =>
  Number.isSafeInteger(value) || (Number.isFinite(value) && Math.abs(value) < 2 ** 53)

const base64Of = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64')

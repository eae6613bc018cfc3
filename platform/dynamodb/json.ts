import { attributesOf, itemOf } from './item.ts'

type Message = Readonly<Record<string, unknown>>
type Translate = (items: unknown) => unknown
type Reach = (value: unknown, translate: Translate) => unknown

/** What the document client takes, as DynamoDB's JSON has it. */
export const requestOf = (input: object): Message => within(input, attributesOf as Translate)

/** What DynamoDB's JSON says, as the document client gives it. */
export const answerOf = (answer: unknown): Message => within(answer, itemOf as Translate)

/** DynamoDB said no; `name` says why, as with the SDK. */
class Refusal extends Error {
  /** Of a transaction: why, for each of its items. */
  readonly CancellationReasons: readonly { readonly Code?: string }[] | undefined
  /** Of a write that asked for it: what is there instead. */
  readonly Item: unknown

  constructor({ __type, message, Message, CancellationReasons, ...said }: Refused) {
    super(message ?? Message ?? '')
    this.name = __type.slice(__type.indexOf('#') + 1)
    this.CancellationReasons = CancellationReasons
    this.Item = answerOf(said)['Item']
  }
}

/** A refusal as an error; `undefined` when the text is none of DynamoDB's. */
export function refusalOf(text: string): Error | undefined {
  const said: unknown = text.startsWith('{') ? JSON.parse(text) : undefined
  return isRefused(said) ? new Refusal(said) : undefined
}

interface Refused extends Pick<Refusal, 'CancellationReasons'> {
  readonly __type: string
  readonly message?: string
  readonly Message?: string
}

const isRefused = (said: unknown): said is Refused =>
  typeof said === 'object' && said !== null && '__type' in said && typeof said.__type === 'string'

const one: Reach = (value, translate) => translate(value)
// Requests are typed by the SDK's commands, and answers come from DynamoDB.
const each: Reach = (value, translate) => (value as readonly unknown[]).map(translate)
const eachWithin: Reach = (value, translate) =>
  (value as readonly object[]).map((part) => within(part, translate))
const ofTables =
  (reach: Reach): Reach =>
  (value, translate) => {
    const tables = value as Message
    return Object.fromEntries(
      Object.keys(tables).map((table) => [table, reach(tables[table], translate)]),
    )
  }

function within(value: unknown, translate: Translate): Message {
  const message = value as Message
  const translated: Record<string, unknown> = {}
  for (const field in message) {
    const part = message[field]
    if (part === undefined) continue
    const reach = fields.get(field)
    translated[field] = reach ? reach(part, translate) : part
  }
  return translated
}

/** Batches write with lists and read with what is wanted of a table. */
const listOrOne: Reach = (value, translate) =>
  Array.isArray(value) ? eachWithin(value, translate) : within(value, translate)

/** Where items are in requests and answers; whatever else is there is the same on both sides. */
const fields: ReadonlyMap<string, Reach> = new Map<string, Reach>([
  ['Item', one],
  ['Key', one],
  ['Attributes', one],
  ['ExpressionAttributeValues', one],
  ['ExclusiveStartKey', one],
  ['LastEvaluatedKey', one],
  ['Keys', each],
  ['Items', each],
  ['Responses', ofTables(each)],
  ['RequestItems', ofTables(listOrOne)],
  ['UnprocessedKeys', ofTables(listOrOne)],
  ['UnprocessedItems', ofTables(listOrOne)],
  ['TransactItems', eachWithin],
  ['Put', within],
  ['Update', within],
  ['Delete', within],
  ['ConditionCheck', within],
  ['PutRequest', within],
  ['DeleteRequest', within],
])

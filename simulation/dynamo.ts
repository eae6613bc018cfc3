import type { Item, Names } from './expressions.ts'
import { type Put, type Query, type Table, TableError, type Update } from './tables.ts'

type Tables = ReadonlyMap<string, Table>
type Input = Readonly<Record<string, unknown>>

interface Read extends Names {
  readonly TableName: string
  readonly Key: Item
}

interface Check extends Read {
  readonly ConditionExpression: string
}

interface Write {
  readonly Put?: Put
  readonly Update?: Update
  readonly Delete?: Check
  readonly ConditionCheck?: Check
}

type Answer = (input: Input, tables: Tables) => Input

/** What the document client's commands do, by their names; every one at once and as a whole. */
export const commands: Readonly<Record<string, Answer>> = {
  GetCommand: (input, tables) => {
    // The SDK checks its own inputs; here and below they are what its commands take.
    const { TableName, Key } = input as unknown as Read
    return { Item: tableIn(tables, TableName).get(Key) }
  },
  PutCommand: (input, tables) => {
    const put = input as unknown as Put
    return writeAll([{ Put: put }], tables, () => single(foundBy(put, tables)))
  },
  UpdateCommand: (input, tables) =>
    writeAll([{ Update: input as unknown as Update }], tables, () => single()),
  DeleteCommand: (input, tables) =>
    writeAll([{ Delete: input as unknown as Check }], tables, () => single()),
  TransactWriteCommand: ({ TransactItems }, tables) =>
    writeAll(TransactItems as readonly Write[], tables, together),
  QueryCommand: (input, tables) => listed(input, tables),
  ScanCommand: (input, tables) => listed(input, tables),
  BatchGetCommand: ({ RequestItems }, tables) => ({
    Responses: Object.fromEntries(
      Object.entries(RequestItems as Readonly<Record<string, { readonly Keys: Item[] }>>).map(
        ([name, { Keys }]) => [name, Keys.flatMap((key) => tableIn(tables, name).get(key) ?? [])],
      ),
    ),
    UnprocessedKeys: {},
  }),
  BatchWriteCommand: ({ RequestItems }, tables) => {
    const requests = RequestItems as Readonly<Record<string, readonly BatchedWrite[]>>
    for (const [name, writes] of Object.entries(requests)) {
      for (const { PutRequest, DeleteRequest } of writes) {
        if (PutRequest) tableIn(tables, name).put(PutRequest.Item)
        if (DeleteRequest) tableIn(tables, name).delete(DeleteRequest.Key)
      }
    }
    return { UnprocessedItems: {} }
  },
}

interface BatchedWrite {
  readonly PutRequest?: { readonly Item: Item }
  readonly DeleteRequest?: { readonly Key: Item }
}

function listed(input: Input, tables: Tables): Input {
  const query = input as unknown as Query
  const Items = tableIn(tables, query.TableName).query(query)
  return { Items, Count: Items.length }
}

const single = (found?: Item): TableError =>
  new TableError('ConditionalCheckFailedException', [], found)
const together = (codes: readonly string[]): TableError =>
  new TableError('TransactionCanceledException', codes)

/** The item that a refused write asked to be told of. */
function foundBy(put: Put, tables: Tables): Item | undefined {
  if (put.ReturnValuesOnConditionCheckFailure === undefined) return undefined
  const table = tableIn(tables, put.TableName)
  return table.get(table.keyOf(put.Item))
}

/** All of them or, when a condition fails, none. */
function writeAll(
  writes: readonly Write[],
  tables: Tables,
  refusal: (codes: readonly string[]) => TableError,
): Input {
  const codes = writes.map((write) =>
    isAllowed(write, tables) ? 'None' : 'ConditionalCheckFailed',
  )
  if (codes.some((code) => code !== 'None')) throw refusal(codes)
  for (const { Put, Update, Delete } of writes) {
    if (Put) tableIn(tables, Put.TableName).put(Put.Item)
    if (Update) tableIn(tables, Update.TableName).update(Update.Key, Update)
    if (Delete) tableIn(tables, Delete.TableName).delete(Delete.Key)
  }
  return {}
}

function isAllowed({ Put, Update, Delete, ConditionCheck }: Write, tables: Tables): boolean {
  if (Put) {
    const table = tableIn(tables, Put.TableName)
    return table.allows(table.keyOf(Put.Item), Put.ConditionExpression, Put)
  }
  const check = Update ?? Delete ?? ConditionCheck
  if (!check) return true
  return tableIn(tables, check.TableName).allows(check.Key, check.ConditionExpression, check)
}

function tableIn(tables: Tables, name: string): Table {
  const table = tables.get(name)
  if (!table) throw new TableError('ResourceNotFoundException')
  return table
}

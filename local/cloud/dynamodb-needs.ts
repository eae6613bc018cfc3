import type { AwsCall } from './aws-call.ts'
import type { Model } from './model.ts'
import type { Question } from './policy.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * What DynamoDB asks of a caller's role, per action. Transactions need the item's own actions on each
 * table, batches an action of their own, and a query of an index the index.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 */
export function needsOfTables(model: Model): (call: AwsCall) => readonly Question[] {
  const partitionKeys = partitionKeysOf(model)
  const { region, account } = model.place
  const ask = (action: string, table: unknown, keys: readonly string[] = []): Question => ({
    action: `dynamodb:${action}`,
    resource: `arn:aws:dynamodb:${region}:${account}:table/${tableName(table)}`,
    ...(keys.length > 0 ? { context: { 'dynamodb:leadingkeys': keys } } : {}),
  })
  const keyOf = (table: unknown, item: unknown): readonly string[] => {
    const name = partitionKeys.get(tableName(table))
    const value = name === undefined ? undefined : plainValue(fields(item)[name])
    return value === undefined ? [] : [value]
  }
  return ({ action, json }) => {
    const table = json['TableName']
    switch (action) {
      case 'GetItem':
      case 'DeleteItem':
      case 'UpdateItem':
        return [ask(action, table, keyOf(table, json['Key']))]
      case 'PutItem':
        return [ask(action, table, keyOf(table, json['Item']))]
      case 'Query':
      case 'Scan': {
        const index = json['IndexName'] === undefined ? '' : `/index/${json['IndexName']}`
        const key = partitionKeys.get(tableName(table) + index)
        const question = ask(action, table, queriedKey(json, key))
        return [{ ...question, resource: question.resource + index }]
      }
      case 'BatchGetItem':
        return Object.entries(fields(json['RequestItems'])).map(([name, request]) =>
          ask(
            action,
            name,
            list(fields(request)['Keys']).flatMap((key) => keyOf(name, key)),
          ),
        )
      case 'BatchWriteItem':
        return Object.entries(fields(json['RequestItems'])).map(([name, requests]) =>
          ask(
            action,
            name,
            list(requests).flatMap((request) => keyOf(name, batchedItem(request))),
          ),
        )
      case 'TransactGetItems':
      case 'TransactWriteItems':
        return list(json['TransactItems']).flatMap((item) =>
          Object.entries(fields(item)).map(([kind, part]) => {
            const { TableName, Key, Item } = fields(part)
            return ask(transactActions[kind] ?? kind, TableName, keyOf(TableName, Key ?? Item))
          }),
        )
      default:
        return [
          table === undefined
            ? { action: `dynamodb:${action}`, resource: '*' }
            : ask(action, table),
        ]
    }
  }
}

const transactActions: Readonly<Record<string, string>> = {
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
}

/** A table may be named by its ARN. */
function tableName(table: unknown): string {
  return String(table).split('table/').at(-1) ?? ''
}

function batchedItem(request: unknown): unknown {
  const { PutRequest, DeleteRequest } = fields(request)
  return fields(PutRequest)['Item'] ?? fields(DeleteRequest)['Key']
}

/** The partition a query reads: the value that its expression compares with the partition key. */
function queriedKey(json: Fields, partitionKey: string | undefined): readonly string[] {
  const expression = String(json['KeyConditionExpression'] ?? '')
  const names = fields(json['ExpressionAttributeNames'])
  const values = fields(json['ExpressionAttributeValues'])
  return [...expression.matchAll(/([#\w.-]+)\s*=\s*(:\w+)/g)].flatMap(
    ([, name = '', value = '']) => {
      const compared = plainValue(values[value])
      return (names[name] ?? name) === partitionKey && compared !== undefined ? [compared] : []
    },
  )
}

/** Partition keys by `table` and by `table/index/name`. */
function partitionKeysOf(model: Model): ReadonlyMap<string, string> {
  const hashOf = (
    schema: readonly { readonly AttributeName: string; readonly KeyType: string }[],
  ) => schema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? ''
  return new Map(
    model
      .of('AWS::DynamoDB::GlobalTable')
      .flatMap(({ attributes, properties }) => [
        [attributes.Ref, hashOf(properties.KeySchema)] as const,
        ...[
          ...(properties.GlobalSecondaryIndexes ?? []),
          ...(properties.LocalSecondaryIndexes ?? []),
        ].map(
          (index) =>
            [`${attributes.Ref}/index/${index.IndexName}`, hashOf(index.KeySchema)] as const,
        ),
      ]),
  )
}

/** `{"S":"x"}` → `x`. */
function plainValue(attribute: unknown): string | undefined {
  const [value] = Object.values(fields(attribute))
  return value === undefined ? undefined : String(value)
}

function fields(value: unknown): Fields {
  return Object(value)
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

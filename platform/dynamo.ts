import { randomUUID } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { answered, endpointOf } from './aws.ts'
import { answerOf, refusalOf, requestOf } from './dynamo-json.ts'
import { lean } from './lean.ts'

/**
 * One document client per cold start. Fields that are `undefined` are left out of what is written. The commands that are
 * used here are written, sent and read without the SDK's middleware, which takes two thirds of a call's CPU; every other
 * command goes through it.
 */
export function dynamo(where: () => URL = () => endpointOf('dynamodb')): DynamoDBDocumentClient {
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({ maxAttempts: 5, ...lean('dynamodb') }),
    { marshallOptions: { removeUndefinedValues: true } },
  )
  const send: Send = client.send.bind(client)
  const shorter: Send = (command) => {
    const action = actions.get(command.constructor)
    return action ? call({ action, url: where() }, command.input) : send(command)
  }
  // The command's own type says what it answers.
  client.send = shorter as typeof client.send
  return client
}

type Command = Parameters<DynamoDBDocumentClient['send']>[0]
type Send = (command: Command) => Promise<unknown>

const actions: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [GetCommand, 'GetItem'],
  [PutCommand, 'PutItem'],
  [UpdateCommand, 'UpdateItem'],
  [DeleteCommand, 'DeleteItem'],
  [QueryCommand, 'Query'],
  [ScanCommand, 'Scan'],
  [BatchGetCommand, 'BatchGetItem'],
  [BatchWriteCommand, 'BatchWriteItem'],
  [TransactWriteCommand, 'TransactWriteItems'],
])

interface Call {
  readonly action: string
  readonly url: URL
}

async function call({ action, url }: Call, input: object): Promise<unknown> {
  // With a token a transaction that was done, and whose answer was lost, is not done again.
  const token = action === 'TransactWriteItems' && { ClientRequestToken: randomUUID() }
  const { status, text } = await answered('dynamodb', {
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${action}`,
    },
    body: JSON.stringify({ ...token, ...requestOf(input) }),
  })
  if (status === 200) return answerOf(JSON.parse(text))
  throw refusalOf(text) ?? new Error(`${action} answered ${status}: ${text.slice(0, 300)}`)
}

import { randomUUID } from 'node:crypto'
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { Fault } from '../../domain/fault.ts'
import { answered, endpointOf, typeIn } from '../http/aws.ts'
import { answerOf, refusalOf, requestOf } from './json.ts'

/**
 * One document client per cold start: the SDK's commands, written, sent and read without its middleware, which takes two
 * thirds of a call's CPU. Fields that are `undefined` are left out of what is written.
 */
export function dynamo(where: () => URL = () => endpointOf('dynamodb')): DynamoDBDocumentClient {
  const send = (command: Command): Promise<unknown> => {
    const action = actions.get(command.constructor)
    if (!action) throw new Fault(`the ledger's client has no ${command.constructor.name}`)
    return call({ action, url: where() }, command.input)
  }
  // Nothing uses more of a client than `send`, and what each command answers its own type says.
  return { send } as DynamoDBDocumentClient
}

type Command = Parameters<DynamoDBDocumentClient['send']>[0]

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
  throw refusalOf(text) ?? new Fault(`${action} answered ${status}${typeIn(text)}`)
}

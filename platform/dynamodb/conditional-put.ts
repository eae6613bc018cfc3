import { randomBytes } from 'node:crypto'
import {
  type DynamoDBDocumentClient,
  PutCommand,
  type PutCommandInput,
} from '@aws-sdk/lib-dynamodb'

/**
 * Writes one item under a condition, once, however often the request is sent: after a lost answer the retry may fail
 * on the writer's own item. The item carries a writer token, so that two writers of equal content are distinguished.
 */
export async function conditionalPut(
  client: DynamoDBDocumentClient,
  { Item, ...put }: PutCommandInput,
): Promise<void> {
  const token = randomBytes(6).toString('base64url')
  const marked = { ...put, Item: { ...Item, token } }
  try {
    const command = { ...marked, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const
    await client.send(new PutCommand(command))
  } catch (error) {
    if (tokenOfWhatIsThere(error) !== token) throw error
  }
}

/** DynamoDB returns the item that failed the condition, in its own notation. */
const tokenOfWhatIsThere = (error: unknown): unknown => Object(Object(Object(error).Item).token).S

import { randomBytes } from 'node:crypto'
import {
  type DynamoDBDocumentClient,
  PutCommand,
  type PutCommandInput,
} from '@aws-sdk/lib-dynamodb'

/**
 * Writes one item under a condition, once however often the request is sent: an answer that is lost makes its sender send it
 * again, and what then fails the condition may be what it wrote itself. The item carries whose write it is, as a transaction
 * does with its token; two writers of one and the same content are told apart.
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

/** DynamoDB says with the refusal what made the condition fail, in its own notation. */
const tokenOfWhatIsThere = (error: unknown): unknown => Object(Object(Object(error).Item).token).S

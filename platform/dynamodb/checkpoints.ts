import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import { Instant } from '../../schemas/canonical/instant.ts'

const Checkpoint = z.object({
  upTo: Instant,
  unfinished: z.object({ from: Instant, to: Instant, cursor: z.string().optional() }).optional(),
})
type Checkpoint = z.infer<typeof Checkpoint>

/** The progress of a connection's polls, in the cursors table. */
export function dynamoCheckpoints(
  client: DynamoDBDocumentClient,
  TableName: string,
  connection: ConnectionId,
) {
  const Key = { pk: `checkpoint#${connection}` }
  return {
    async read(): Promise<Checkpoint | undefined> {
      const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }))
      return Item && Checkpoint.parse(Item)
    },
    async write(checkpoint: Checkpoint): Promise<void> {
      await client.send(new PutCommand({ TableName, Item: { ...Key, ...checkpoint } }))
    },
  }
}

import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { GetQueueUrlCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { objectsIn } from './objects.ts'
import type { OpenedHub } from './open-hub.ts'
import { operator } from './outside.ts'
import { type Heard, isRoom } from './overheard.ts'

/** Everything that lies in tables, queues, dead letters and buckets, but where personal data may be. */
export async function remainsOf(opened: OpenedHub): Promise<readonly Heard[]> {
  const means = { endpoint: opened.ready.aws, region: 'us-east-1', credentials: operator }
  const all = opened.hub.cloud.resources().filter(({ name }) => !isRoom(name))
  const of = (type: string) => all.filter((resource) => resource.type === type)
  const dynamodb = new DynamoDBClient(means)
  const sqs = new SQSClient(means)
  const tables = of('AWS::DynamoDB::GlobalTable').map(async ({ name }) => {
    const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: name }))
    return Items.map((item) => ({ where: `table ${name}`, text: told(item) }))
  })
  const queues = of('AWS::SQS::Queue').map(async ({ name }) => {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }))
    const asked = { QueueUrl, VisibilityTimeout: 0, MaxNumberOfMessages: 10 } as const
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        ...asked,
        MessageAttributeNames: ['All'],
        AttributeNames: ['All'],
      }),
    )
    return Messages.map((message) => ({ where: `queue ${name}`, text: JSON.stringify(message) }))
  })
  const buckets = of('AWS::S3::Bucket').map(async ({ id }) =>
    [...(await objectsIn(opened, id))]
      .filter(([key]) => !isRoom(`/${key}`))
      .map(([key, bytes]) => ({
        where: `object ${key}`,
        text: `${bytes} ${bytes.toString('base64')}`,
      })),
  )
  return (await Promise.all([...tables, ...queues, ...buckets])).flat()
}

/** Bytes as Base64, as they are on the wire. */
const told = (item: object): string =>
  JSON.stringify(item, (_, value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  )

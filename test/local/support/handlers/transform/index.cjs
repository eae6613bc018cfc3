const {
  DynamoDBClient,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  ScanCommand,
} = require('@aws-sdk/client-dynamodb')
const { S3Client, PutObjectCommand } = require('@aws-sdk/client-s3')
const dynamodb = new DynamoDBClient({})
const s3 = new S3Client({})
const warm = { invocations: 0 }

const deeds = {
  fail: async () => {
    throw new Error('told to fail')
  },
  exit: async () => process.exit(3),
  hang: () => new Promise((resolve) => setTimeout(resolve, 60_000)),
  once: async ({ id }, record) => {
    if (record.attributes.ApproximateReceiveCount === '1') throw new Error('first time')
    await store(id, record)
  },
  store: async ({ id }, record) => store(id, record),
  trespass: async ({ table }) => {
    await dynamodb.send(new ScanCommand({ TableName: table }))
  },
}

async function store(id, record) {
  await s3.send(
    new PutObjectCommand({ Bucket: process.env.BUCKET, Key: `raw/${id}`, Body: record.body }),
  )
  await dynamodb.send(
    new TransactWriteItemsCommand({
      TransactItems: ['head', 'commit#000001'].map((sk) => ({
        Put: {
          TableName: process.env.TABLE,
          Item: { pk: { S: id }, sk: { S: sk }, record: { S: JSON.stringify(record) } },
        },
      })),
    }),
  )
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: process.env.TABLE,
      Key: { pk: { S: id }, sk: { S: 'count' } },
      UpdateExpression: 'ADD times :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
    }),
  )
}

exports.handler = async (event) => {
  warm.invocations += 1
  process.stdout.write(
    `${JSON.stringify({
      _aws: {
        Timestamp: Date.now(),
        CloudWatchMetrics: [
          {
            Namespace: 'Trial',
            Dimensions: [['stage']],
            Metrics: [{ Name: 'taken', Unit: 'Count' }],
          },
        ],
      },
      stage: 'intake',
      taken: event.Records.length,
      warm: warm.invocations,
    })}\n`,
  )
  const failures = []
  for (const record of event.Records) {
    const order = JSON.parse(record.body)
    try {
      await deeds[order.do ?? 'store'](order, record)
    } catch (error) {
      process.stderr.write(`${error.name} ${error.message}\n`)
      failures.push({ itemIdentifier: record.messageId })
    }
  }
  return { batchItemFailures: failures }
}

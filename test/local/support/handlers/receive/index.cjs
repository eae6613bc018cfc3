const { SQSClient, SendMessageCommand } = require('@aws-sdk/client-sqs')
const sqs = new SQSClient({})
exports.handler = async (event) => {
  if (event.headers['x-echo']) return { statusCode: 200, body: JSON.stringify(event) }
  if (event.headers['x-throw']) throw new TypeError('thrown on request')
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: process.env.QUEUE_URL,
      MessageBody: event.body,
      MessageGroupId: event.pathParameters.connection,
      MessageAttributes: {
        channel: { DataType: 'String', StringValue: event.pathParameters.channel },
      },
    }),
  )
  return { statusCode: 202, body: '{}' }
}

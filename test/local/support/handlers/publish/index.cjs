const { EventBridgeClient, PutEventsCommand } = require('@aws-sdk/client-eventbridge')
const bridge = new EventBridgeClient({})
exports.handler = async (event) => {
  for (const record of event.Records) {
    const id = record.dynamodb.Keys.pk.S
    if (id.startsWith('unpublishable'))
      return { batchItemFailures: [{ itemIdentifier: record.dynamodb.SequenceNumber }] }
    await bridge.send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: process.env.BUS,
            Source: 'crossdock',
            DetailType: 'effect.requested',
            Detail: JSON.stringify({ id, at: Date.now() }),
          },
        ],
      }),
    )
  }
  return { batchItemFailures: [] }
}

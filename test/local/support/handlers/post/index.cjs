const { DynamoDBClient, PutItemCommand } = require('@aws-sdk/client-dynamodb')
const dynamodb = new DynamoDBClient({})
exports.handler = async (event) => {
  for (const record of event.Records) {
    const { id } = JSON.parse(record.body)
    await dynamodb.send(
      new PutItemCommand({
        TableName: process.env.TABLE,
        Item: { pk: { S: id }, sk: { S: 'posted' }, at: { N: String(Date.now()) } },
      }),
    )
  }
}

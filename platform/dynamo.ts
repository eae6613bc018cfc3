import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { bodyOf, exchange } from './exchange.ts'

/** One document client per cold start. Fields that are `undefined` are left out of what is written. */
export const dynamo = (): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 5, ...lean }), {
    marshallOptions: { removeUndefinedValues: true },
  })

/** A call as the client has written it. */
interface Request {
  readonly protocol: string
  readonly hostname: string
  readonly port?: number | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | undefined
}

/** Signed and sent as our other calls are, which is a tenth of a function's CPU less than as the SDK does it. */
const lean: Pick<DynamoDBClientConfig, 'signer' | 'requestHandler'> = {
  signer: { sign: async <T>(request: T) => request },
  requestHandler: {
    async handle({ protocol, hostname, port, headers, body }: Request) {
      const response = await exchange('dynamodb', {
        method: 'POST',
        url: new URL(`${protocol}//${hostname}${port ? `:${port}` : ''}/`),
        headers: {
          'content-type': headers['content-type'] ?? '',
          'x-amz-target': headers['x-amz-target'] ?? '',
        },
        body: body ?? '',
      })
      const answer = {
        statusCode: response.statusCode ?? 0,
        headers: Object.fromEntries(
          Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
        ),
        body: await bodyOf(response),
      }
      return { response: answer }
    },
  },
}

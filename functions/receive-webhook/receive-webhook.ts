import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import type { Door, SignedRequest } from '../../domain/door.ts'
import type { IntakeMessage } from '../../schemas/messages/intake-message.ts'
import type { Connection } from '../../schemas/settings.ts'

type Secret = Readonly<Record<string, unknown>>

export interface ReceiveWebhookDeps {
  readonly connections: readonly Connection[]
  door(connection: Connection): Promise<Door>
  readonly secrets: { get(name: string): Promise<Secret>; refresh(name: string): Promise<Secret> }
  /** Resolves when the queue has the message. */
  enqueue(message: IntakeMessage): Promise<void>
  readonly now: () => Date
}

/** Above this nothing is hashed. SQS takes 1 MiB, and what fits here fits there as gzip. */
const maxBytes = 1_000_000

/** Answers 2xx only when the raw bytes are in the queue, and 401 in one and the same way to everyone it does not know. */
export async function receiveWebhook(
  event: APIGatewayProxyEventV2,
  deps: ReceiveWebhookDeps,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { channel = '', connection: name = '' } = event.pathParameters ?? {}
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8')
  if (body.byteLength > maxBytes) return answer(413, 'body over 1 MB')

  const connection = deps.connections.find(
    ({ id, webhooks }) => webhooks && id === `${channel}/${name}`,
  )
  if (!connection) return unauthorized
  const door = await deps.door(connection)
  const request: SignedRequest = { headers: event.headers, body, now: deps.now() }
  if (!(await isSigned(request, door, { connection, deps }))) return unauthorized

  await deps.enqueue({
    connection: connection.id,
    via: 'webhook',
    headers: kept(event.headers, door.headers),
    receivedAt: request.now.toISOString(),
    traceparent: event.headers['traceparent'] ?? newTrace(),
    body: gzipSync(body, { level: 4 }).toString('base64'),
    again: 0,
  })
  return answer(200, 'received')
}

async function isSigned(
  request: SignedRequest,
  door: Door,
  { connection, deps }: { readonly connection: Connection; readonly deps: ReceiveWebhookDeps },
): Promise<boolean> {
  const known = webhookSecrets(await deps.secrets.get(connection.secret))
  if (door.verify(request, known)) return true
  const fresh = webhookSecrets(await deps.secrets.refresh(connection.secret))
  return fresh.join() !== known.join() && door.verify(request, fresh)
}

/** Two are live during a rotation. */
const webhookSecrets = ({ webhookSecrets: all }: Secret): readonly string[] =>
  Array.isArray(all) ? all.filter((one) => typeof one === 'string' && one !== '') : []

const kept = (
  headers: APIGatewayProxyEventV2['headers'],
  names: readonly string[],
): Record<string, string> =>
  Object.fromEntries(names.flatMap((name) => (headers[name] ? [[name, headers[name]]] : [])))

/** https://www.w3.org/TR/trace-context/ */
const newTrace = (): string =>
  `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`

const answer = (statusCode: number, message: string): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message }),
})

const unauthorized = answer(401, 'unauthorized')

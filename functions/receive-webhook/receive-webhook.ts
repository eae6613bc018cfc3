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
  /** Resolves when the message is in the queue. */
  enqueue(message: IntakeMessage): Promise<void>
  readonly now: () => Date
}

/** Larger bodies are not hashed. */
const maxBytes = 1_000_000

/** SQS allows 1 MiB in total. After compression only random data is too large. */
const maxPacked = 1_000_000

/** Answers 2xx only when the raw bytes are in the queue, and the same 401 for every failed authentication. */
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

  const packed = gzipSync(body, { level: 4 }).toString('base64')
  if (packed.length > maxPacked) return answer(413, 'body too large')
  await deps.enqueue({
    connection: connection.id,
    via: 'webhook',
    headers: kept(event.headers, door.headers),
    receivedAt: request.now.toISOString(),
    traceparent: traceOf(event.headers['traceparent']),
    body: packed,
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

/** Two are valid during a rotation. */
const webhookSecrets = ({ webhookSecrets: all }: Secret): readonly string[] =>
  Array.isArray(all) ? all.filter((one) => typeof one === 'string' && one !== '') : []

const kept = (
  headers: APIGatewayProxyEventV2['headers'],
  names: readonly string[],
): Record<string, string> =>
  Object.fromEntries(names.flatMap((name) => (headers[name] ? [[name, headers[name]]] : [])))

/** The caller's, or a new one. https://www.w3.org/TR/trace-context/ */
const traceOf = (given = ''): string =>
  /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(given)
    ? given
    : `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`

const answer = (statusCode: number, message: string): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message }),
})

const unauthorized = answer(401, 'unauthorized')

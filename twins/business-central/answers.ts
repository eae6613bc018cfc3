import { json } from '../kit/answer.ts'
import type { TwinReply } from '../kit/twin.ts'

const metadata = { 'content-type': 'application/json; odata.metadata=minimal' }

export const shown = (status: number, body: unknown): TwinReply => json(status, body, metadata)

export const nothing: TwinReply = { status: 204 }

/** Business Central's error body. */
export const refused = (status: number, code: string, message: string): TwinReply => {
  const correlation = 'CorrelationId:  00000000-0000-4000-8000-000000000000.'
  return shown(status, { error: { code, message: `${message}  ${correlation}` } })
}

export const dialog = (message: string): TwinReply =>
  refused(400, 'Application_DialogException', message)

export const unauthorized = refused(
  401,
  'Authentication_InvalidCredentials',
  'The server has rejected the client credentials.',
)

export const noSegment = (segment: string): TwinReply =>
  refused(404, 'BadRequest_ResourceNotFound', `Resource not found for the segment '${segment}'.`)

export const noRecord = (table: string): TwinReply =>
  refused(404, 'Internal_RecordNotFound', `The ${table} does not exist.`)

export const notAllowed = (method: string, name: string): TwinReply =>
  refused(
    405,
    'BadRequest_MethodNotAllowed',
    `'${method}' requests for '${name}' of EdmType 'Entity' are not allowed within Business Central OData web services.`,
  )

export const withoutToken = refused(
  400,
  'BadRequest_InvalidToken',
  'Could not validate the client concurrency token required by the service. Please provide a valid token in the client request.',
)

export const changed = refused(
  409,
  'Request_EntityChanged',
  'Another user has already changed the record.',
)

export const crowded = refused(
  429,
  'Application_TooManyRequests',
  'Too many requests reached. Please retry later.',
)

export const down = refused(503, 'Internal_TenantUnavailable', 'The tenant is not accessible.')

import type { TwinReply } from '../kit/twin.ts'

const correlation = 'CorrelationId:  00000000-0000-4000-8000-000000000000.'

/** Business Central's error body. */
export const refused = (status: number, code: string, message: string): TwinReply => ({
  status,
  headers: json,
  body: JSON.stringify({ error: { code, message: `${message}  ${correlation}` } }),
})

export const shown = (status: number, body: unknown): TwinReply => ({
  status,
  headers: json,
  body: JSON.stringify(body),
})

export const nothing = (): TwinReply => ({ status: 204 })

export const dialog = (message: string): TwinReply =>
  refused(400, 'Application_DialogException', message)

export const unauthorized = (): TwinReply =>
  refused(
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

export const withoutToken = (): TwinReply =>
  refused(
    400,
    'BadRequest_InvalidToken',
    'Could not validate the client concurrency token required by the service. Please provide a valid token in the client request.',
  )

export const changed = (): TwinReply =>
  refused(409, 'Request_EntityChanged', 'Another user has already changed the record.')

export const crowded = (): TwinReply =>
  refused(429, 'Application_TooManyRequests', 'Too many requests reached. Please retry later.')

export const down = (): TwinReply =>
  refused(503, 'Internal_TenantUnavailable', 'The tenant is not accessible.')

const json = { 'content-type': 'application/json; odata.metadata=minimal' }

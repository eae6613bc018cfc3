import type { z } from 'zod'
import { json } from '../kit/answer.ts'
import type { TwinReply } from '../kit/twin.ts'

const rfc = 'https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html#sec10'

/** NetSuite's error body, with the section of RFC 2616 that it links to. */
export const refused = (
  status: keyof typeof titles,
  code: string,
  { detail, path }: { readonly detail: string; readonly path?: string },
): TwinReply =>
  json(
    status,
    {
      type: `${rfc}.${Math.floor(status / 100)}.${(status % 100) + 1}`,
      title: titles[status],
      status,
      'o:errorDetails': [{ detail, 'o:errorCode': code, ...(path && { 'o:errorPath': path }) }],
    },
    { 'content-type': 'application/vnd.oracle.resource+json; type=error' },
  )

export const invalid = (path: string, detail: string): TwinReply =>
  refused(400, 'INVALID_CONTENT', { detail: `Error while accessing resource: ${detail}`, path })

export const unfit = ({ issues: [issue] }: z.ZodError): TwinReply => {
  const path = issue?.path.join('.') ?? 'body'
  return invalid(path, `Invalid value for the resource or sub-resource field '${path}'.`)
}

export const duplicate = (what: 'record' | 'entity'): TwinReply =>
  refused(400, 'USER_ERROR', {
    detail: `Error while accessing resource: This ${what} already exists`,
  })

export const unauthorized = (): TwinReply =>
  refused(401, 'INVALID_LOGIN', {
    detail:
      'Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at Setup > Users/Roles > User Management > View Login Audit Trail.',
  })

export const noSuchResource = (): TwinReply =>
  refused(404, 'INVALID_URL', { detail: 'The requested resource does not exist.' })

export const absent = (): TwinReply =>
  refused(404, 'NONEXISTENT_ID', {
    detail: 'The record instance does not exist. Provide a valid record instance ID.',
  })

export const crowded = (): TwinReply =>
  refused(429, 'CONCURRENCY_LIMIT_EXCEEDED', {
    detail: 'Concurrent request limit exceeded. Request blocked.',
  })

export const down = (): TwinReply =>
  refused(503, 'UNEXPECTED_ERROR', {
    detail: 'An unexpected error occurred. Error ID: twin0000',
  })

/** 204 without a body: all that NetSuite says of a record it made or changed. */
export const written = (location?: string): TwinReply => ({
  status: 204,
  ...(location && { headers: { location } }),
})

export const shown = (body: unknown): TwinReply =>
  json(200, body, { 'content-type': 'application/vnd.oracle.resource+json; type=singular' })

const titles = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
} as const

import { z } from 'zod'

interface Kind {
  readonly status: number
  readonly title: string
}

/** All problems of the API. `docs/api.md` explains each under its own heading. */
export const problemKinds = {
  'bad-request': { status: 400, title: 'The request is not valid' },
  'no-subject': { status: 403, title: 'The token does not identify the caller' },
  'role-missing': { status: 403, title: 'The token does not have the role for this' },
  'unknown-path': { status: 404, title: 'Unknown path' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed on this path' },
  'key-reused': { status: 409, title: 'This Idempotency-Key was used with another body' },
  'id-reused': { status: 409, title: 'This id was used for another movement' },
  'in-flight': { status: 409, title: 'The same request is still running' },
  'wrong-state': { status: 409, title: "The order's state does not allow this" },
  'too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is not JSON' },
  'not-possible': { status: 422, title: 'The order does not allow this' },
  internal: { status: 500, title: 'Internal error' },
} as const satisfies Readonly<Record<string, Kind>>

export type ProblemKind = keyof typeof problemKinds

const Wrong = z.object({
  pointer: z.string().optional().meta({
    description: 'Where in the body, as a JSON Pointer in a URI fragment (RFC 6901).',
    example: '#/lines/0/unitPrice',
  }),
  parameter: z.string().optional().describe('The path or query parameter, or the header.'),
  detail: z.string(),
  fix: z.string(),
})
export type Wrong = z.infer<typeof Wrong>

/** RFC 9457 problem details. */
export const ProblemDetails = z.object({
  type: z.string().describe('A heading in docs/api.md.'),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z.array(Wrong).optional(),
})
export type ProblemDetails = z.infer<typeof ProblemDetails>

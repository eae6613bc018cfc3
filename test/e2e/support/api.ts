import { randomUUID } from 'node:crypto'
import { AwsClient } from 'aws4fetch'
import type { z } from 'zod'
import { ProblemDetails } from '../../../schemas/api/problem.ts'
import type { Ready } from './outside.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

interface Sent {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** @default a new one for each POST */
  readonly key?: string
}

/** A client of the Capability API that signs as AWS asks. */
export function apiOf({ api }: Pick<Ready, 'api'>) {
  const signer = new AwsClient({ ...api, service: 'execute-api', retries: 0 })
  const send = async (method: string, path: string, { headers, body, key }: Sent = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const response = await signer.fetch(`${api.url}${path}`, {
      method,
      headers: {
        ...(method === 'POST' && {
          'content-type': 'application/json',
          'idempotency-key': key ?? randomUUID(),
        }),
        ...headers,
      },
      ...(text !== undefined && { body: text }),
    })
    const said = await response.text()
    const answer: Answer = {
      status: response.status,
      headers: response.headers,
      body: said === '' ? undefined : JSON.parse(said),
    }
    return answer
  }
  return {
    send,
    get: (path: string, sent: Sent = {}) => send('GET', path, sent),
    post: (path: string, body: unknown, sent: Sent = {}) => send('POST', path, { ...sent, body }),
  }
}
export type Api = ReturnType<typeof apiOf>

/** The problem an answer is, as RFC 9457 says it; throws when it is none. */
export function problemIn({ status, headers, body }: Answer): ProblemDetails {
  expect(headers.get('content-type')).toBe('application/problem+json')
  const problem = ProblemDetails.strict().parse(body)
  expect(problem.status).toBe(status)
  return problem
}

/** The body of an answer, which has to have this status. */
export function bodyOf<T extends z.ZodType>(schema: T, status: number, answer: Answer): z.infer<T> {
  if (answer.status !== status) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`)
  return schema.parse(answer.body)
}

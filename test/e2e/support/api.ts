import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AwsClient } from 'aws4fetch'
import type { z } from 'zod'
import { ProblemDetails } from '../../../schemas/api/problem.ts'
import { operation } from '../../support/openapi.ts'
import type { Ready } from './outside.ts'

const description = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../docs/openapi.json'), 'utf8'),
)

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
    hold(method, path, answer)
    return answer
  }
  return {
    send,
    get: (path: string, sent: Sent = {}) => send('GET', path, sent),
    post: (path: string, body: unknown, sent: Sent = {}) => send('POST', path, { ...sent, body }),
  }
}
export type Api = ReturnType<typeof apiOf>

/** Holds every answer to what docs/openapi.json says of its path; throws where it says nothing of the kind. */
function hold(method: string, path: string, { status, body }: Answer): void {
  if (status >= 300) return
  const [bare = ''] = `/v1${path}`.split('?')
  const template = Object.keys(description.paths).find((each) =>
    new RegExp(`^${each.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(bare),
  )
  const judge = judges(template ?? bare, method.toLowerCase(), status)
  if (!judge(body)) throw new Error(`${method} ${path}: ${JSON.stringify(judge.errors)}`)
}

const known = new Map<string, ReturnType<ReturnType<typeof operation>['reply']>>()

function judges(template: string, method: string, status: number) {
  const key = `${method} ${template} ${status}`
  const judge = known.get(key) ?? operation(description, template, method).reply(status)
  known.set(key, judge)
  return judge
}

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

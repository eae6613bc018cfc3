import type { z } from 'zod'
import type { Result } from '../../domain/result.ts'
import type { Endpoint, endpoints } from '../../schemas/api/endpoints.ts'
import type { ProblemDetails } from '../../schemas/api/problem.ts'
import type { ServeApiDeps } from './serve-api-deps.ts'

/** A validated request. */
export interface Asked<E extends Endpoint> {
  readonly params: z.infer<E['params']>
  readonly query: z.infer<E['query']>
  readonly headers: z.infer<E['headers']>
  readonly body: z.infer<E['body']>
  /** The raw bytes of the body. */
  readonly raw: Uint8Array
  /** The caller as authenticated by API Gateway: an ARN or a token's subject. */
  readonly by: string
  readonly traceparent: string
}

type Answered<E extends Endpoint> = Promise<Result<z.input<E['answer']>, Refusal>>

/** Problem details, and when to retry. */
export interface Refusal {
  readonly problem: ProblemDetails
  readonly retryAfter?: number
}

export type Handle<E extends Endpoint> = (asked: Asked<E>, deps: ServeApiDeps) => Answered<E>

/** An endpoint and its handler. */
export interface Route {
  readonly name: keyof typeof endpoints
  readonly endpoint: Endpoint
  readonly handle: Handle<Endpoint>
}

/** The table of routes mixes request types; each handler gets what its own endpoint's schemas accepted. */
export const route = <E extends Endpoint>(
  name: Route['name'],
  endpoint: E,
  handle: Handle<E>,
): Route => ({
  name,
  endpoint,
  handle: handle as unknown as Handle<Endpoint>,
})

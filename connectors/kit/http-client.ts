import type { z } from 'zod'
import type { Account, Call, Minted, Reply } from '../../domain/account.ts'
import type { Failure } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { shaped } from './answers.ts'
import { type Sent, sendWithToken } from './credentials.ts'
import { interpret, type ResponseRules } from './response-rules.ts'

type Headers = Readonly<Record<string, string>>

/** How one vendor is called. */
export interface Api {
  readonly rules: ResponseRules
  /** The address of a path. */
  url(account: Account, path: string): string
  /** A token that expires and is minted anew, or one that the secret holds. */
  readonly token: Minting | { read(account: Account): Promise<Result<string, Failure>> }
  /** Headers of every request. @default `authorization: Bearer` */
  headers?(account: Account, token: string): Headers
}

interface Minting {
  mint(account: Account): Promise<Result<Minted, Failure>>
  /** What it means that a token is refused again, after the one before was replaced. @default what the rules say */
  refusedTwice?(sent: Sent): Failure
}

export interface Request extends Pick<Call, 'kind' | 'method' | 'timeoutMs' | 'headers'> {
  readonly path: string
  /** Sent as JSON. */
  readonly body?: unknown
}

/** The functions that call a vendor; the connection's token is got, kept and replaced on the way. */
export function httpClient(api: Api) {
  const { rules } = api

  /** As it was answered. A token that is refused is replaced once. */
  async function exchange(account: Account, request: Request): Promise<Result<Reply, Failure>> {
    const { token } = api
    const send = (held: string) => account.send(callOf(api, account, { ...request, token: held }))
    if ('read' in token) {
      const held = await token.read(account)
      return held.ok ? send(held.value) : held
    }
    const sent = await sendWithToken(account, { mint: () => token.mint(account), send })
    if (!sent.ok) return sent
    const { reply } = sent.value
    return reply.status === 401 && token.refusedTwice
      ? err(token.refusedTwice(sent.value))
      : ok(reply)
  }

  /** As the rules understand it: JSON, or `undefined` where the vendor has nothing to say. */
  async function call(account: Account, request: Request): Promise<Result<unknown, Failure>> {
    const reply = await exchange(account, request)
    return reply.ok ? interpret(rules, request.kind, reply.value) : reply
  }

  /** An answer of a shape. One of another shape is half an answer, and says nothing about what is there. */
  async function ask<T extends z.ZodType>(
    account: Account,
    schema: T,
    request: Request,
  ): Promise<Result<z.infer<T>, Failure>> {
    const json = await call(account, request)
    if (!json.ok) return json
    return shaped(schema, json.value, { kind: request.kind, from: rules.vendor })
  }

  /** The same; `undefined` when the vendor itself says that it is not there: by a rule with `order-not-found`. */
  async function find<T extends z.ZodType>(
    account: Account,
    schema: T,
    request: Request,
  ): Promise<Result<z.infer<T> | undefined, Failure>> {
    const found = await ask(account, schema, request)
    if (found.ok || found.error.next !== 'except') return found
    return found.error.code === 'order-not-found' ? ok(undefined) : found
  }

  return { exchange, call, ask, find }
}

function callOf(
  api: Api,
  account: Account,
  { path, body, headers, token, ...call }: Request & { readonly token: string },
): Call {
  return {
    ...call,
    url: api.url(account, path),
    headers: {
      accept: 'application/json',
      ...(api.headers?.(account, token) ?? { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }
}

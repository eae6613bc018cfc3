import type { z } from 'zod'
import type { Account, Call, Reply } from '../../domain/account.ts'
import type { Failure } from '../../domain/failure.ts'
import { ok, type Result } from '../../domain/result.ts'
import { shaped } from './answers.ts'

/** How one vendor is called, and what its answers mean. */
export interface Vendor {
  /** For people. */
  readonly name: string
  /** The address of a path, with its query. */
  url(account: Account, path: string, query: Readonly<Record<string, string>>): string
  /** Sends with the headers that authorise the call. */
  authorize(account: Account, send: Authorized): Promise<Result<Reply, Failure>>
  /** The answer's JSON, or what happens next. */
  interpret(reply: Reply, kind: Call['kind']): Result<unknown, Failure>
}

type Authorized = (headers: Readonly<Record<string, string>>) => Promise<Result<Reply, Failure>>

export interface Request {
  /** @default the vendor has one address */
  readonly path?: string
  readonly query?: Readonly<Record<string, string>>
  /** @default GET */
  readonly method?: Call['method']
  /** @default a GET reads, everything else writes */
  readonly kind?: Call['kind']
  readonly headers?: Readonly<Record<string, string>>
  /** Becomes the body. */
  readonly json?: unknown
  /** The body, where it is no JSON. */
  readonly text?: string
  /** @default 8000 */
  readonly timeoutMs?: number
}

interface Question<T extends z.ZodType> extends Request {
  /** The shape that the answer must have. */
  readonly answer: T
  /** What is asked for, in a failure. @default the path */
  readonly about?: string
}

/** Four ways to call a vendor. All of them authorise the call. */
export function clientOf(vendor: Vendor) {
  /** Answers as the vendor did. */
  function exchange(account: Account, request: Request): Promise<Result<Reply, Failure>> {
    const { path = '', query = {}, method = 'GET', headers, json, timeoutMs } = request
    const body = json === undefined ? request.text : JSON.stringify(json)
    return vendor.authorize(account, (authorization) =>
      account.send({
        kind: kindOf(request),
        method,
        url: vendor.url(account, path, query),
        headers: {
          accept: 'application/json',
          ...(json !== undefined && { 'content-type': 'application/json' }),
          ...authorization,
          ...headers,
        },
        ...(body !== undefined && { body }),
        ...(timeoutMs !== undefined && { timeoutMs }),
      }),
    )
  }

  /** Answers with the vendor's JSON. */
  async function call(account: Account, request: Request): Promise<Result<unknown, Failure>> {
    const reply = await exchange(account, request)
    return reply.ok ? vendor.interpret(reply.value, kindOf(request)) : reply
  }

  /** Answers with JSON of the shape that is asked for. */
  async function ask<T extends z.ZodType>(
    account: Account,
    { answer, about, ...request }: Question<T>,
  ): Promise<Result<z.infer<T>, Failure>> {
    const said = await call(account, request)
    const from = `${vendor.name}, asked for ${about ?? request.path},`
    return said.ok ? shaped(answer, said.value, { kind: kindOf(request), from }) : said
  }

  /** The same; `undefined` when the vendor itself says that it is not there: the failure is `order-not-found`. */
  async function find<T extends z.ZodType>(
    account: Account,
    question: Question<T>,
  ): Promise<Result<z.infer<T> | undefined, Failure>> {
    const found = await ask(account, question)
    if (found.ok || found.error.next !== 'except') return found
    return found.error.code === 'order-not-found' ? ok(undefined) : found
  }

  return { exchange, call, ask, find }
}

const kindOf = ({ method = 'GET', kind = method === 'GET' ? 'read' : 'write' }: Request) => kind

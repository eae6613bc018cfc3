import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import findMyWay, { type HTTPMethod } from 'find-my-way'
import { type Authorization, type Authorize, authorizerFor, type Callers } from './authorize.ts'
import type { Observe } from './happening.ts'
import type { LambdaPool } from './lambda-pool.ts'

/** One route of an HTTP API. */
export interface ApiRoute {
  /** `POST /webhooks/{channel}` or `$default`. */
  readonly key: string
  readonly functionName: string
  readonly timeoutMs: number
  readonly apiId: string
  readonly authorization: Authorization
}

/** Answers the requests of all HTTP APIs with their functions, payload format 2.0. */
export type HttpApi = (request: IncomingMessage, response: ServerResponse) => void

interface Given {
  readonly pool: LambdaPool
  readonly observe: Observe
  readonly callers: Callers
}

interface Matched {
  readonly route: ApiRoute
  readonly parameters: Readonly<Record<string, string | undefined>>
}

/** API Gateway's limit of a request's body. */
const bodyLimit = 10 * 1024 * 1024
/** Each 512 KB begun are one request. */
const billedBytes = 512 * 1024
/** About what one line of an access log has. */
const accessLogBytes = 250

export function httpApi(routes: readonly ApiRoute[], given: Given): HttpApi {
  const find = router(routes)
  const authorizers = new Map<ApiRoute, Authorize>(
    routes.map((route) => [
      route,
      authorizerFor(route.authorization, { ...given, apiId: route.apiId }),
    ]),
  )
  return (request, response) => {
    const matched = find(request)
    const authorize = matched && authorizers.get(matched.route)
    if (!matched || !authorize) return answer(response, 404, 'Not Found')
    handle({ ...matched, authorize }, request, response, given).catch(() =>
      answer(response, 500, 'Internal Server Error'),
    )
  }
}

async function handle(
  matched: Matched & { readonly authorize: Authorize },
  request: IncomingMessage,
  response: ServerResponse,
  given: Given,
): Promise<void> {
  const body = await readBody(request, bodyLimit)
  if (!body) {
    response.setHeader('connection', 'close')
    return answer(response, 413, 'Request Entity Too Large')
  }
  const units = Math.max(1, Math.ceil(body.length / billedBytes))
  given.observe({ kind: 'billed', charge: 'http-requests', units })
  given.observe({ kind: 'billed', charge: 'log-bytes', units: accessLogBytes })
  const authorized = await matched.authorize(request, body)
  if (!authorized.ok) return answer(response, authorized.status, authorized.message)
  const { functionName, timeoutMs } = matched.route
  const { authorizer } = authorized
  const { account } = given.callers
  const event = JSON.stringify(eventOf(matched, request, body, { account, authorizer }))
  const invoked = await inTime(given.pool.invoke(functionName, event), timeoutMs)
  if (!invoked) return answer(response, 503, 'Service Unavailable')
  if (!invoked.ok) return answer(response, 500, 'Internal Server Error')
  reply(response, JSON.parse(invoked.payload || 'null'))
}

/** The whole body of a request; undefined when it is longer than `limit` bytes. */
function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length <= limit) chunks.push(chunk)
      else resolve(undefined)
    })
    request.on('end', () => resolve(Buffer.concat(chunks)))
    request.on('error', reject)
  })
}

/** What work that never fails comes to, or nothing when it takes longer. */
function inTime<T>(work: Promise<T>, milliseconds: number): Promise<T | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds, undefined)
    void work.then((result) => {
      clearTimeout(timer)
      resolve(result)
    })
  })
}

function router(routes: readonly ApiRoute[]): (request: IncomingMessage) => Matched | undefined {
  const tree = findMyWay({ ignoreTrailingSlash: false, caseSensitive: true })
  const fallback = routes.find(({ key }) => key === '$default')
  for (const route of routes) {
    if (route === fallback) continue
    const [method = 'ANY', path = '/'] = route.key.split(' ')
    const proxy = /\{(\w+)\+\}$/.exec(path)?.[1]
    const pattern = path.replace(/\{\w+\+\}$/, '*').replace(/\{(\w+)\}/g, ':$1')
    const methods = method === 'ANY' ? anyMethod : [method as HTTPMethod]
    tree.on(methods, pattern, () => {}, { route, proxy })
  }
  return (request) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    const found = tree.find((request.method ?? 'GET') as HTTPMethod, path)
    if (!found) return fallback && { route: fallback, parameters: {} }
    const { route, proxy }: { route: ApiRoute; proxy: string | undefined } = found.store
    const { '*': rest, ...named } = found.params
    return { route, parameters: proxy === undefined ? named : { ...named, [proxy]: rest } }
  }
}

const anyMethod: HTTPMethod[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
function eventOf(
  { route, parameters }: Matched,
  request: IncomingMessage,
  body: Buffer,
  given: { readonly account: string; readonly authorizer: unknown },
): unknown {
  const [path = '/', query = ''] = splitOnce(request.url ?? '/', '?')
  const { cookie, ...headers } = joinedHeaders(request)
  const text = isText(headers['content-type'])
  const now = new Date()
  const queryParameters = joinedQuery(query)
  return {
    version: '2.0',
    routeKey: route.key,
    rawPath: path,
    rawQueryString: query,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/;\s*/) }),
    headers,
    ...(query === '' ? {} : { queryStringParameters: queryParameters }),
    requestContext: {
      accountId: given.account,
      apiId: route.apiId,
      ...(given.authorizer !== undefined && { authorizer: given.authorizer }),
      domainName: headers['host'] ?? '',
      domainPrefix: route.apiId,
      http: {
        method: request.method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: route.key,
      stage: '$default',
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...(Object.keys(parameters).length > 0 ? { pathParameters: parameters } : {}),
    ...(body.length > 0 ? { body: body.toString(text ? 'utf8' : 'base64') } : {}),
    isBase64Encoded: body.length > 0 && !text,
  }
}

/** Bodies of these types arrive as text, all others as base64. */
function isText(contentType: string | undefined): boolean {
  return /^(text\/|application\/(json|javascript|xml)\b)/i.test(contentType ?? '')
}

function joinedHeaders(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headersDistinct).map(([name, values]) => [
      name,
      (values ?? []).join(','),
    ]),
  )
}

function joinedQuery(query: string): Readonly<Record<string, string>> {
  const joined = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(query)) {
    const before = joined.get(name)
    joined.set(name, before === undefined ? value : `${before},${value}`)
  }
  return Object.fromEntries(joined)
}

function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

/** `21/Nov/2026:06:42:00 +0000`. */
function commonLogTime(at: Date): string {
  const [, day, month, year, time] = /(\d+) (\w+) (\d+) ([\d:]+)/.exec(at.toUTCString()) ?? []
  return `${day}/${month}/${year}:${time} +0000`
}

/** What a function returned: a response when it has a status, otherwise the body of a 200. */
function reply(response: ServerResponse, result: unknown): void {
  const { statusCode, headers, cookies, body, isBase64Encoded } = Object(result)
  if (statusCode === undefined) {
    const text = typeof result === 'string' ? result : JSON.stringify(result)
    response.writeHead(200, { 'content-type': 'application/json' }).end(text)
    return
  }
  for (const [name, value] of Object.entries(Object(headers))) {
    response.setHeader(name, String(value))
  }
  if (Array.isArray(cookies)) response.setHeader('set-cookie', cookies.map(String))
  if (!response.hasHeader('content-type'))
    response.setHeader('content-type', 'text/plain; charset=utf-8')
  response.statusCode = Number(statusCode)
  const content = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body)
  response.end(isBase64Encoded === true ? Buffer.from(content, 'base64') : content)
}

function answer(response: ServerResponse, status: number, message: string): void {
  if (response.headersSent) return
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ message }))
}

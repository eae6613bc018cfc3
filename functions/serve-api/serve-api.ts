import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { crashOf } from '../../domain/fault.ts'
import { described } from '../../domain/invalid.ts'
import { parseJson } from '../../domain/parse.ts'
import { implausibleIn } from '../../domain/plausible.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { ProblemDetails } from '../../schemas/api/problem.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import { type Caller, callerOf } from './caller.ts'
import {
  badRequest,
  inBody,
  inParameters,
  problem,
  type Query,
  wrongMoment,
  wrongsOf,
  wrongsOfQuery,
} from './problems.ts'
import { permitBody, permitEndpoint } from './roles.ts'
import type { Asked, Refusal, Route } from './route.ts'
import { routes } from './routes.ts'
import type { ServeApiDeps } from './serve-api-deps.ts'

/** Larger bodies are not parsed. */
const maxBytes = 256 * 1024

type Event = APIGatewayProxyEventV2
type Answer = APIGatewayProxyStructuredResultV2

/** Answers a request of the Capability API; every failure is an RFC 9457 problem. */
export async function serveApi(event: Event, deps: ServeApiDeps): Promise<Answer> {
  const traceparent = deps.trace(event.headers['traceparent'])
  const found = find(event)
  if (!found.ok) return found.error

  const { route } = found.value
  const { name, endpoint } = route
  const by = callerOf(event)
  const now = deps.clock().toISOString()
  const asked = by.ok
    ? permitted(event, found.value, { by: by.value.name, traceparent, now }, by.value.roles)
    : by
  const answered = asked.ok ? await attempt(route, asked.value, deps) : asked
  const status = answered.ok ? endpoint.status : answered.error.problem.status
  const reason = answered.ok ? {} : { reason: answered.error.problem.type }
  deps.log('served', { did: `${name} ${status}`, traceparent, ...reason })
  return answered.ok ? json(status, answered.value) : refuse(answered.error)
}

/** Validates only for callers with a role, so that others do not learn the schema. */
function permitted(
  event: Event,
  found: Found,
  from: From,
  roles: Caller['roles'],
): Result<Asked<Route['endpoint']>, Refusal> {
  const entered = permitEndpoint(found.route.name, roles)
  if (!entered.ok) return entered
  const asked = understand(event, found, from)
  return asked.ok ? permitBody(found.route.name, asked.value, roles) : asked
}

/** The one place that turns any error into an answer: the caller can only retry. */
async function attempt(
  route: Route,
  asked: Asked<Route['endpoint']>,
  deps: ServeApiDeps,
): Promise<Result<unknown, Refusal>> {
  try {
    return await route.handle(asked, deps)
  } catch (error) {
    const reason = crashOf(error)
    deps.complain('failed', { did: route.name, traceparent: asked.traceparent, reason })
    return err({ problem: problem('internal', 'Try again in a moment.'), retryAfter: 5 })
  }
}

interface Found {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
}

function find({ rawPath, requestContext }: Event): Result<Found, Answer> {
  const { method } = requestContext.http
  const fitting = routes.flatMap((route): Found[] => {
    const params = paramsIn(rawPath, route.endpoint.path)
    return params ? [{ route, params }] : []
  })
  const found = fitting.find(({ route }) => route.endpoint.method === method)
  if (found) return ok(found)
  if (fitting.length === 0) {
    const details = problem('unknown-path', 'See docs/api.md for the paths.')
    return err(refuse({ problem: details }))
  }
  const allow = fitting.map(({ route }) => route.endpoint.method).join(', ')
  const refused = refuse({ problem: problem('method-not-allowed', `Use ${allow}.`) })
  return err({ ...refused, headers: { ...refused.headers, allow } })
}

/** The values of `{name}` segments; `undefined` if the path does not match. */
function paramsIn(path: string, template: string): Record<string, string> | undefined {
  const given = path.split('/')
  const wanted = template.split('/')
  if (given.length !== wanted.length) return undefined
  const params: [string, string][] = []
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] ?? ''
    const name = /^\{(\w+)\}$/.exec(segment)?.[1]
    if (name !== undefined && value !== '') params.push([name, decoded(value)])
    else if (segment !== value) return undefined
  }
  return Object.fromEntries(params)
}

type From = Pick<Asked<Route['endpoint']>, 'by' | 'traceparent'> & { readonly now: Instant }

/** Decodes a segment: `%5F` is an underscore. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

function understand(
  event: Event,
  { route: { endpoint }, params }: Found,
  { now, ...from }: From,
): Result<Asked<Route['endpoint']>, Refusal> {
  const raw = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8')
  const body = endpoint.method === 'POST' ? bodyOf(event, raw) : ok(undefined)
  if (!body.ok) return err({ problem: body.error })

  const query = queryOf(event)
  const parts = {
    params: endpoint.params.safeParse(params, described),
    query: endpoint.query.safeParse(query, described),
    headers: endpoint.headers.safeParse(event.headers, described),
    body: endpoint.body.safeParse(body.value, described),
  }
  const wrongs = [
    ...wrongsOf(parts.params.error, inParameters),
    ...wrongsOfQuery(parts.query.error, query),
    ...wrongsOf(parts.headers.error, inParameters),
    ...wrongsOf(parts.body.error, inBody),
    ...implausibleIn(parts.body.data, now).map(wrongMoment),
  ]
  if (wrongs.length > 0) {
    return err({ problem: badRequest(wrongs) })
  }
  return ok({
    params: parts.params.data ?? {},
    query: parts.query.data ?? {},
    headers: parts.headers.data ?? {},
    body: parts.body.data,
    raw,
    ...from,
  })
}

/** A repeated parameter is a list: API Gateway would join values with commas, which a SKU may contain. */
function queryOf({ rawQueryString }: Event): Query {
  const all = new URLSearchParams(rawQueryString)
  return Object.fromEntries(
    [...new Set(all.keys())].map((name) => {
      const [only = '', ...others] = all.getAll(name)
      return [name, others.length === 0 ? only : [only, ...others]]
    }),
  )
}

function bodyOf(event: Event, raw: Buffer): Result<unknown, ProblemDetails> {
  if (raw.byteLength > maxBytes) {
    const fix = `send at most ${maxBytes} bytes`
    const wrong = { pointer: '#', detail: 'is too large', fix }
    return err(problem('too-large', `Send at most ${maxBytes} bytes.`, [wrong]))
  }
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(event.headers['content-type'] ?? '')) {
    const fix = 'write application/json'
    const wrong = { parameter: 'content-type', detail: 'is not JSON', fix }
    return err(problem('unsupported-media-type', 'Send application/json.', [wrong]))
  }
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
  try {
    const parsed = parseJson(text.decode(raw))
    if (parsed.ok) return parsed
    const fix = 'send one JSON value, at most 64 levels deep'
    return err(notJson(parsed.error.reason, fix))
  } catch {
    return err(notJson('the body is not UTF-8', 'send UTF-8'))
  }
}

const notJson = (detail: string, fix: string): ProblemDetails =>
  problem('bad-request', 'The body cannot be read.', [{ pointer: '#', detail, fix }])

const json = (statusCode: number, body: unknown): Answer => ({
  statusCode,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
})

const refuse = ({ problem: details, retryAfter }: Refusal): Answer => ({
  statusCode: details.status,
  headers: {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
  },
  body: JSON.stringify(details),
})

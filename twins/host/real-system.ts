import { once } from 'node:events'
import { type IncomingMessage, request as overHttp, type RequestOptions } from 'node:http'
import { request as overHttps } from 'node:https'
import type { Connection } from '../../schemas/settings.ts'
import { readJson } from '../kit/body.ts'
import type { TwinReply } from '../kit/twin.ts'
import { type Line, reply } from './line.ts'
import { Mischief, type Mischiefs } from './mischief.ts'

/** A vendor's own system, or its sandbox, in the place of a twin. */
export interface RealSystem {
  readonly connection: Connection
  /** Every host of the connection leads here; where it is one of these itself, each host is called as it is. */
  readonly url: URL
  readonly secret: Readonly<Record<string, unknown>>
  /** Knows one way: `commit-then-drop`. */
  readonly mischiefs: Mischiefs
}

/** Longer than any piece of work may take. */
const patienceMs = 150_000

/** Passes one request on, and its answer back unless that is to be lost. `complain` hears of a system that gives none. */
export async function forward(
  real: RealSystem,
  path: string,
  { line, complain }: { readonly line: Line; readonly complain: (what: string) => void },
): Promise<void> {
  const { request, response } = line
  const body = await bytesOf(request)
  if (path.startsWith('/_twin/')) {
    return reply(response, steer(real, `${request.method} ${path}`, body))
  }
  try {
    const { answer, bytes } = await ask(targetOf(real, path, request), request, body)
    const { statusCode = 502, headers } = answer
    const isWrite = !['GET', 'HEAD'].includes(request.method ?? '') && statusCode < 300
    if (isWrite && real.mischiefs.take('commit-then-drop')) request.socket.destroy()
    else response.writeHead(statusCode, endToEnd(headers)).end(bytes)
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    complain(`${real.connection.id}: no answer from ${real.url.origin} (${code})`)
    request.socket.destroy()
  }
}

function targetOf({ url, connection }: RealSystem, path: string, request: IncomingMessage): URL {
  const named = request.headers.host ?? ''
  const isItself = connection.hosts.includes(url.host) && connection.hosts.includes(named)
  const base = isItself ? `https://${named}` : `${url.origin}${url.pathname.replace(/\/$/, '')}`
  return new URL(`${base}${path}`)
}

async function ask(url: URL, { method = 'GET', headers }: IncomingMessage, body: Buffer) {
  const { host: _, ...rest } = endToEnd(headers)
  const length = body.length > 0 || headers['content-length'] !== undefined
  const options: RequestOptions = {
    method,
    headers: { ...rest, ...(length && { 'content-length': body.length }) },
    timeout: patienceMs,
  }
  const outgoing = url.protocol === 'https:' ? overHttps(url, options) : overHttp(url, options)
  outgoing.once('timeout', () => outgoing.destroy(Object.assign(new Error(), { code: 'TIMEOUT' })))
  outgoing.end(body)
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
  return { answer, bytes: await bytesOf(answer) }
}

/** Headers that are not about one connection only. */
function endToEnd(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, ...rest } = headers
  return rest
}

/** What people ask of what stands between: no system is steered. */
function steer({ mischiefs }: RealSystem, asked: string, body: Buffer): TwinReply {
  const json = (status: number, value: unknown) => ({ status, body: JSON.stringify(value) })
  if (asked !== 'POST /_twin/misbehave') {
    return json(404, { error: `no ${asked} here: this is a real system` })
  }
  const wanted = Mischief.safeParse(readJson(body.toString('utf8')))
  if (!wanted.success || wanted.data.how !== 'commit-then-drop') {
    return json(422, { error: 'a real system can only lose answers: "how": "commit-then-drop"' })
  }
  mischiefs.add(wanted.data)
  return json(200, { left: mischiefs.left() })
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

import { lookup } from 'node:dns/promises'
import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import { isIP, type Socket } from 'node:net'
import { pipeline, type Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { Call, Reply, Send } from '../../domain/account.ts'
import { doubt, type Failure, halt, retry } from '../../domain/failure.ts'
import { err, ok } from '../../domain/result.ts'
import { bodyOf, TooLong } from './body-of.ts'
import { NotPublic, publicLookup, type Resolve } from './public-lookup.ts'

/** Limit for an answer, both compressed and decompressed. */
const maxBytes = 8 * 1024 * 1024
const defaultTimeout = 8000

export interface Means {
  readonly request: typeof request
  readonly resolve: Resolve
  /** Whether names may lead into a private network. @default false */
  readonly mayBePrivate?: boolean
}

/** The network access of a process. */
export const direct: Means = { request, resolve: lookup }

/**
 * The only way to vendors: https, the connection's hosts and ports, public addresses, no redirects, a deadline, a size
 * limit. Not `fetch`, which cannot be given an address.
 */
export function sendTo(hosts: readonly string[], means: Means = direct): Send {
  return async (call) => {
    const { hostname, host, protocol, username, password } = new URL(call.url)
    const isNamed = isIP(hostname.replace(/^\[|\]$/g, '')) === 0
    if (protocol !== 'https:' || !hosts.includes(host) || username || password || !isNamed) {
      return err(halt(`${host} is not a host of this connection`))
    }
    // Not `AbortSignal.timeout`, whose timer keeps running after an answer.
    const patience = new AbortController()
    const timer = setTimeout(() => patience.abort(), timeoutOf(call))
    const attempt: Attempt = { connected: false, signal: patience.signal }
    try {
      return ok(await exchange(call, attempt, means))
    } catch (error) {
      return err(meaningOf(error, call, attempt))
    } finally {
      clearTimeout(timer)
      if (attempt.socket) lastUsed.set(attempt.socket, Date.now())
    }
  }
}

/** Progress of a call. */
interface Attempt {
  readonly signal: AbortSignal
  socket?: Socket
  /** Until then nothing can have been sent. */
  connected: boolean
}

const timeoutOf = ({ timeoutMs = defaultTimeout }: Call): number => timeoutMs

const agent = new Agent({ keepAlive: true })
const lastUsed = new WeakMap<Socket, number>()
const maxIdleMs = 4000

/** A process that was frozen finds its connections cut, and what it writes to one would be in doubt. */
function dropIdle(): void {
  for (const socket of Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])) {
    if (Date.now() - (lastUsed.get(socket) ?? 0) > maxIdleMs) socket.destroy()
  }
}

async function exchange(call: Call, attempt: Attempt, means: Means): Promise<Reply> {
  const { method, url, body } = call
  dropIdle()
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const outgoing = means.request(
    url,
    {
      method,
      agent,
      lookup: publicLookup(means.resolve, means.mayBePrivate),
      signal: attempt.signal,
      // Even if an environment variable disables it.
      rejectUnauthorized: true,
      headers: {
        accept: '*/*',
        'accept-encoding': 'gzip',
        'user-agent': 'crossdock',
        ...call.headers,
        ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
      },
    },
    resolve,
  )
  outgoing.on('error', reject)
  outgoing.on('socket', (socket) => watch(socket, attempt))
  outgoing.end(body)
  const incoming = await promise
  const { statusCode = 0, headers } = incoming
  return { status: statusCode, headers: flat(headers), body: await textOf(incoming) }
}

function watch(socket: Socket, attempt: Attempt): void {
  attempt.socket = socket
  const connected = () => {
    attempt.connected = true
  }
  if (socket.connecting) socket.once('connect', connected)
  else connected()
}

const flat = (headers: IncomingMessage['headers']): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value ?? '')]))

/** Vendors send these although only gzip is requested. */
const unpackers = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
} as const

const isUnpackable = (encoding: string): encoding is keyof typeof unpackers =>
  Object.hasOwn(unpackers, encoding)

async function textOf(incoming: IncomingMessage): Promise<string> {
  const { 'content-encoding': packed = 'identity', 'content-length': length } = incoming.headers
  // Some name an encoding for an empty body.
  const encoding = incoming.statusCode === 204 || length === '0' ? 'identity' : packed.toLowerCase()
  return (await bodyOf(unpacked(incoming, encoding), maxBytes)).toString('utf8')
}

/** In chunks, so that a decompression bomb is never fully decompressed. */
function unpacked(incoming: IncomingMessage, encoding: string): Readable {
  if (encoding === 'identity') return incoming
  if (isUnpackable(encoding)) return pipeline(incoming, unpackers[encoding](), byItsReader)
  incoming.destroy()
  throw new Unreadable('the answer has an encoding that was not requested')
}

/** The reader at the end of a pipeline receives every error in it. */
function byItsReader(): void {}

class Unreadable extends Error {
  override readonly name = 'Unreadable'
}

function meaningOf(error: unknown, call: Call, { connected, signal }: Attempt): Failure {
  const { host } = new URL(call.url)
  if (error instanceof NotPublic) return halt(error.message)
  const why = signal.aborted ? `${timeoutOf(call)} ms` : codeOf(error)
  if (!connected) return retry(`${host} cannot be reached (${why})`)
  const reason = `no answer to ${call.method} from ${host} (${why})`
  return call.kind === 'write' ? doubt(reason) : retry(reason)
}

function codeOf(error: unknown): string {
  if (error instanceof TooLong) return 'the answer is larger than 8 MB'
  if (error instanceof Unreadable) return error.message
  const { name, code }: { readonly name?: unknown; readonly code?: unknown } = Object(error)
  return String(code ?? name ?? 'unknown')
}

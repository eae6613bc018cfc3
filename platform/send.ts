import { doubt, type Failure, halt, retry } from '../domain/failure.ts'
import type { Call, Reply, Send } from '../domain/plug.ts'
import { err, ok, type Result } from '../domain/result.ts'

const maxBytes = 8 * 1024 * 1024
const defaultTimeout = 8000

/** The one way out to vendors: https only, the connection's hosts only, no redirects, a deadline, a size cap. */
export function sendTo(hosts: readonly string[], fetcher: typeof fetch = fetch): Send {
  return async (call) => {
    const url = new URL(call.url)
    if (url.protocol !== 'https:' || !hosts.includes(url.host)) {
      return err(halt(`${url.host} is not a host of this connection`))
    }
    try {
      return await exchange(call, fetcher)
    } catch (error) {
      return err(meaningOf(error, call))
    }
  }
}

async function exchange(call: Call, fetcher: typeof fetch): Promise<Result<Reply, Failure>> {
  const response = await fetcher(call.url, {
    method: call.method,
    redirect: 'manual',
    signal: AbortSignal.timeout(call.timeoutMs ?? defaultTimeout),
    ...(call.headers && { headers: { ...call.headers } }),
    ...(call.body !== undefined && { body: call.body }),
  })
  const body = await capped(response)
  if (body === undefined) return err(lost(call, 'an answer beyond 8 MB'))
  return ok({ status: response.status, headers: Object.fromEntries(response.headers), body })
}

async function capped(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Errors that say the request never left. */
const unsent: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

function meaningOf(error: unknown, call: Call): Failure {
  const code = codeOf(error)
  if (unsent.has(code)) return retry(`${new URL(call.url).host} cannot be reached (${code})`)
  return lost(call, code)
}

const lost = ({ kind, url, method }: Call, why: string): Failure =>
  kind === 'write'
    ? doubt(`no answer to ${method} from ${new URL(url).host} (${why})`)
    : retry(`no answer to ${method} from ${new URL(url).host} (${why})`)

/** Read without `instanceof`: the errors of `fetch` may come from another realm than ours. */
function codeOf(error: unknown): string {
  const { name, cause }: { readonly name?: unknown; readonly cause?: unknown } = Object(error)
  const { code }: { readonly code?: unknown } = Object(cause)
  if (typeof code === 'string') return code
  return typeof name === 'string' ? name : 'unknown'
}

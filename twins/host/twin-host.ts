import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from '../../schemas/settings.ts'
import type { Documents, MakeTwin, Twin, TwinReply, TwinRequest } from '../kit/twin.ts'
import { Courier } from './courier.ts'
import { journal } from './journal.ts'
import { answerOver, type Line, reply, resets } from './line.ts'
import { Mischief, Mischiefs } from './mischief.ts'
import { forward, type RealSystem } from './real-system.ts'

export interface HostedTwin {
  readonly connection: Connection
  readonly twin: Twin
  readonly mischiefs: Mischiefs
  readonly courier: Courier
  /** Counts what this twin wrote, to know whether a request committed something. */
  readonly writes: () => number
}

interface HostOptions {
  readonly connections: readonly Connection[]
  /** Where the hub takes webhooks; known once it runs. */
  readonly hub: () => string
  /** Keeps the twins' documents on disk. */
  readonly dataDir?: string | undefined
  /** Systems that answer in the place of their connections' twins. @default none */
  readonly real?: readonly RealSystem[]
  /** Hears of a real system that gives no answer. @default nobody */
  readonly complain?: (what: string) => void
}

/** Runs a twin for every connection, under `http://127.0.0.1:<port>/twins/<connector>/<name>/`. */
export class TwinHost {
  /** Connections that have a real system instead of a twin. */
  readonly real: readonly RealSystem[]
  readonly #complain: (what: string) => void
  readonly #twins: ReadonlyMap<string, HostedTwin>
  readonly #server: Server
  readonly #clock: NodeJS.Timeout
  readonly #ticking = new Set<string>()

  private constructor(
    twins: ReadonlyMap<string, HostedTwin>,
    { real = [], complain = () => {} }: HostOptions,
  ) {
    this.#twins = twins
    this.real = real
    this.#complain = complain
    this.#server = createServer((request, response) => this.#route(request, response))
    this.#clock = setInterval(() => this.#tick(), 50)
  }

  static async open(options: HostOptions): Promise<TwinHost> {
    // Who calls no host is no system that anything could stand in for.
    const called = options.connections
      .filter(({ hosts }) => hosts.length > 0)
      .filter(({ id }) => !options.real?.some(({ connection }) => connection.id === id))
    const hosted = called.map(async (c) => [c.id, await hostOne(c, options)] as const)
    const host = new TwinHost(new Map(await Promise.all(hosted)), options)
    host.#server.keepAliveTimeout = 60_000
    host.#server.listen(0, '127.0.0.1')
    await once(host.#server, 'listening')
    return host
  }

  get all(): readonly HostedTwin[] {
    return [...this.#twins.values()]
  }

  find(connection: string): HostedTwin | undefined {
    return this.#twins.get(connection)
  }

  /** Where a connection's twin stands in for its vendor. */
  urlOf(connection: string): string {
    // A server that listens on TCP has such an address.
    const { port } = this.#server.address() as AddressInfo
    return `http://127.0.0.1:${port}/twins/${connection}`
  }

  close(): void {
    clearInterval(this.#clock)
    for (const { courier } of this.all) courier.stop()
    this.#server.closeAllConnections()
    this.#server.close()
  }

  #route(request: IncomingMessage, response: ServerResponse): void {
    const match = /^\/twins\/([^/]+\/[^/]+)(\/.*)?$/.exec(request.url ?? '')
    const [, connection = '', path = '/'] = match ?? []
    const hosted = this.#twins.get(connection)
    const real = this.real.find((one) => one.connection.id === connection)
    const line = { request, response }
    if (hosted) void serve(hosted, path, line)
    else if (real) void forward(real, path, { line, complain: this.#complain })
    else reply(response, { status: 404, body: '{"error":"no such twin"}' })
  }

  #tick(): void {
    for (const { connection, twin } of this.all) {
      if (!twin.tick || this.#ticking.has(connection.id)) continue
      this.#ticking.add(connection.id)
      void twin.tick().finally(() => this.#ticking.delete(connection.id))
    }
  }
}

async function hostOne(connection: Connection, { hub, dataDir }: HostOptions): Promise<HostedTwin> {
  // The contract suites check that every connector with a system has one.
  const { twin: make } = (await import(`../${connection.connector}/twin.ts`)) as {
    readonly twin: MakeTwin
  }
  const mischiefs = new Mischiefs()
  const courier = new Courier(() => `${hub()}/webhooks/${connection.id}`, mischiefs)
  const { documents, writes } = counted(
    journal(dataDir && join(dataDir, 'twins', `${connection.id.replace('/', '-')}.ndjson`)),
  )
  const twin = make({
    settings: connection.own,
    documents,
    deliver: (webhook) => courier.send(webhook),
    lagging: () => mischiefs.take('lag-index'),
    now: () => new Date(),
  })
  return { connection, twin, mischiefs, courier, writes }
}

function counted(documents: Documents): { documents: Documents; writes: () => number } {
  let writes = 0
  const put: Documents['put'] = (kind, id, document) => {
    writes++
    documents.put(kind, id, document)
  }
  return { documents: { ...documents, put }, writes: () => writes }
}

async function serve(hosted: HostedTwin, path: string, line: Line): Promise<void> {
  const { request, response } = line
  const asked: TwinRequest = {
    method: request.method ?? 'GET',
    path,
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    ),
    body: await bodyOf(request),
  }
  if (path.startsWith('/_twin/')) return reply(response, await steer(hosted, asked))
  if (resets(line, hosted.mischiefs)) return
  const answer = await act(hosted, asked)
  if (answer === 'drop') request.socket.destroy()
  else answerOver(line, answer, hosted.mischiefs)
}

const html: TwinReply = {
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: '<!doctype html><title>Maintenance</title><p>We will be back shortly.',
}

/** One request of the vendor's own API, disturbed on demand. */
async function act(
  { twin, mischiefs, writes }: HostedTwin,
  asked: TwinRequest,
): Promise<TwinReply | 'drop'> {
  if (mischiefs.take('throttle')) return twin.throttled
  if (mischiefs.take('unavailable')) return twin.unavailable
  if (mischiefs.take('html')) return html
  if (mischiefs.take('slow')) await sleep(mischiefs.slowSeconds * 1000)
  const before = writes()
  const answer = await twin.handle(mischiefs.take('refuse-credentials') ? stranger(asked) : asked)
  return writes() > before && mischiefs.take('commit-then-drop') ? 'drop' : answer
}

/** The same request without credentials: each twin refuses it in its vendor's own words. */
function stranger(asked: TwinRequest): TwinRequest {
  const { authorization: _, 'x-shopify-access-token': __, ...headers } = asked.headers
  return { ...asked, headers }
}

/** What people and tests ask of a twin, which no vendor offers. */
async function steer({ twin, mischiefs }: HostedTwin, asked: TwinRequest): Promise<TwinReply> {
  const { pathname, searchParams } = new URL(asked.path, 'http://twin')
  switch (`${asked.method} ${pathname}`) {
    case 'GET /_twin/state':
      return json(200, twin.state())
    case 'POST /_twin/orders': {
      if (!twin.takeOrder) return json(404, { error: 'this twin is not a channel' })
      return twin.takeOrder(asked.body, searchParams.get('deliver') !== 'false')
    }
    case 'POST /_twin/stock': {
      if (!twin.takeStock) return json(404, { error: 'this twin keeps no stock' })
      return twin.takeStock(asked.body)
    }
    case 'POST /_twin/misbehave': {
      const wanted = Mischief.safeParse(parsed(asked.body))
      if (!wanted.success) return json(422, { error: wanted.error.issues })
      mischiefs.add(wanted.data)
      return json(200, { left: mischiefs.left() })
    }
    default:
      return json(404, { error: `no ${asked.method} ${pathname} here` })
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const json = (status: number, body: unknown): TwinReply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

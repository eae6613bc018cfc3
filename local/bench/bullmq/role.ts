import { createServer, type IncomingMessage } from 'node:http'
import { type ConnectionOptions, Queue, type Job as Queued, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { door as shopifyDoor } from '../../../channels/shopify/verify.ts'
import { door as shipbobDoor } from '../../../connectors/shipbob/verify.ts'
import type { Failure } from '../../../domain/failure.ts'
import type { Account, Delivery, Minted } from '../../../domain/plug.ts'
import { ok, type Result } from '../../../domain/result.ts'
import { sendTo } from '../../../platform/send.ts'
import type { EffectName } from '../../../schemas/events/order-event.ts'
import type { Setting } from './setting.ts'
import {
  connectionOf,
  connections,
  effectOf,
  type Job,
  Kept,
  parcelOf,
  plugs,
  subjectOf,
} from './work.ts'

const [role = ''] = process.argv.slice(2)
// Written by `application.ts`.
const setting = JSON.parse(process.env['SETTING'] ?? '{}') as Setting

const connection: ConnectionOptions = {
  host: '127.0.0.1',
  port: setting.redisPort,
  maxRetriesPerRequest: null,
}
const redis = new Redis({ host: '127.0.0.1', port: setting.redisPort, maxRetriesPerRequest: null })

/** As the manual recommends for jobs that call others: a few tries, further and further apart. */
const defaultJobOptions = { attempts: 5, backoff: { type: 'exponential', delay: 500 } } as const
const queues = {
  intake: new Queue<Job>('intake', { connection, defaultJobOptions }),
  erp: new Queue<Job>('erp', { connection, defaultJobOptions }),
  warehouse: new Queue<Job>('warehouse', { connection, defaultJobOptions }),
  channel: new Queue<Job>('channel', { connection, defaultJobOptions }),
}
type QueueName = keyof typeof queues

const keyOf = (orderId: string): string => `order:${orderId}`

async function kept(orderId: string): Promise<Kept> {
  return Kept.parse(JSON.parse((await redis.get(keyOf(orderId))) ?? 'null'))
}

const keep = (orderId: string, all: Kept): Promise<unknown> =>
  redis.set(keyOf(orderId), JSON.stringify(all))

const add = (queue: QueueName, jobId: string, job: Job): Promise<unknown> =>
  queues[queue].add(job.does, job, { jobId })

/** A message becomes an order, or parcels; each asks for what comes next under its own id. */
async function readMessage({ delivery }: Extract<Job, { does: 'read' }>): Promise<void> {
  const readings = plugs[delivery.connection]?.read?.(delivery)
  if (!readings?.ok) throw new Error(readings?.error.reason ?? 'nothing reads this')
  for (const reading of readings.value) {
    if (reading.says === 'snapshot') {
      const { order } = reading
      await redis.set(keyOf(order.id), JSON.stringify({ order }), 'NX')
      await add('erp', order.id, { does: 'create-order', orderId: order.id })
    }
    if (reading.says === 'shipped') {
      const { orderId } = reading
      const shipment = parcelOf(reading, await kept(orderId))
      const jobId = `${orderId}_${shipment.id}`
      await add('erp', jobId, { does: 'post-shipment', orderId, shipment })
    }
  }
}

/** What is asked for once something is done. */
const next: Readonly<Partial<Record<EffectName, [queue: QueueName, does: EffectName]>>> = {
  'create-order': ['warehouse', 'release-order'],
  'post-shipment': ['channel', 'confirm-shipment'],
}

async function carryOut(job: Exclude<Job, { does: 'read' }>, queued: Queued, at: string) {
  const { does, orderId, shipment } = job
  const effect = effectOf(at, does)
  const all = await kept(orderId)
  const subject = subjectOf(all, shipment)
  const account = openAccount(at)
  // Whoever comes second looks first; a worker that died counts as a start.
  const again = effect.find === 'always' || queued.attemptsStarted > 1
  const found = again ? await effect.look?.(account, subject) : undefined
  if (found && !found.ok) throw new Error(found.error.reason)
  const done = found?.value ? ok(found.value) : await effect.make(account, subject)
  if (!done.ok) throw new Error(done.error.reason)

  if (does === 'create-order') await keep(orderId, { ...all, erp: done.value })
  if (does === 'release-order') await keep(orderId, { ...all, wms: done.value })
  const [queue, then] = next[does] ?? []
  if (!queue || !then) return
  const jobId = shipment ? `${orderId}_${shipment.id}` : orderId
  await add(queue, jobId, { does: then, orderId, ...(shipment && { shipment }) })
}

/** Tokens are kept for as long as the process lives. */
const tokens = new Map<string, string>()
function openAccount(id: string): Account {
  const own = setting.connections[id]
  if (!own) throw new Error(`no connection ${id}`)
  return {
    connection: connectionOf(id),
    settings: own.own,
    secret: async () => own.secret,
    send: sendTo(own.hosts),
    tokens: {
      async get(mint: () => Promise<Result<Minted, Failure>>) {
        const known = tokens.get(id)
        if (known !== undefined) return ok(known)
        const minted = await mint()
        if (!minted.ok) return minted
        tokens.set(id, minted.value.token)
        return ok(minted.value.token)
      },
      drop: async () => void tokens.delete(id),
    },
    now: () => new Date(),
  }
}

function work(queue: QueueName, at = ''): void {
  const concurrency = plugs[at]?.maxConcurrency ?? 10
  const carry = async (queued: Queued<Job>): Promise<void> => {
    const job = queued.data
    if (job.does === 'read') await readMessage(job)
    else await carryOut(job, queued, at)
  }
  // The default lock lasts 30 s; a bench does not wait so long to see whether a dead worker's jobs come back.
  new Worker<Job>(queue, carry, {
    connection,
    concurrency,
    lockDuration: 5000,
    stalledInterval: 2000,
  })
}

/** Verifies, puts the message on the queue under the id of what it is about, and answers then. */
function receive(): void {
  const doors = { [connections.shop]: shopifyDoor, [connections.wms]: shipbobDoor }
  createServer(async (request, response) => {
    const [, at = ''] = /^\/webhooks\/([^/]+\/[^/]+)$/.exec(request.url ?? '') ?? []
    const door = Object.entries(doors).find(([id]) => id === at)?.[1]
    const bytes = await bytesOf(request)
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    )
    const secrets = setting.connections[at]?.secret['webhookSecrets']
    const known = Array.isArray(secrets) ? secrets.map(String) : []
    const signed = door?.verify({ headers, body: bytes, now: new Date() }, known)
    if (!signed) return void response.writeHead(401).end()
    const body = bytes.toString('utf8')
    const topic = headers['x-shopify-topic']
    // Such an application takes an order once, and asks Shopify for no other topic.
    if (topic === undefined || topic === 'orders/create') {
      const delivery: Delivery = {
        connection: connectionOf(at),
        via: 'webhook',
        headers,
        body,
        receivedAt: new Date().toISOString(),
      }
      const id = headers['x-shopify-webhook-id'] ?? headers['webhook-id'] ?? ''
      await add('intake', id.replaceAll(':', '-'), { does: 'read', delivery })
    }
    response.writeHead(200).end()
  }).listen(setting.apiPort, '127.0.0.1')
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const roles: Readonly<Record<string, () => void>> = {
  api: receive,
  intake: () => work('intake'),
  erp: () => work('erp', connections.erp),
  warehouse: () => work('warehouse', connections.wms),
  channel: () => work('channel', connections.shop),
}
roles[role]?.()
process.on('disconnect', () => process.exit(0))

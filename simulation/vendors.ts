import { capabilitiesOf, effectsOf } from '../connectors/contract.ts'
import { connectors } from '../connectors/index.ts'
import type { Call, Reply, Send } from '../domain/account.ts'
import { doubt, halt, retry } from '../domain/failure.ts'
import { err, ok } from '../domain/result.ts'
import type { EffectName } from '../schemas/events/order-event.ts'
import type { Connection } from '../schemas/settings.ts'
import { journal } from '../twins/host/journal.ts'
import type { Documents, MakeTwin, Twin, TwinReply, TwinRequest } from '../twins/kit/twin.ts'
import type { Outage } from './away.ts'
import type { Asked } from './calls.ts'
import type { Environment, Weather } from './environment.ts'
import type { StockWitness, Told } from './stock-witness.ts'
import type { Story } from './story.ts'
import type { Witness } from './witness.ts'
import { type Work, workNow } from './work.ts'

/** One vendor: its twin, and what is kept of everything that was asked of it. */
export interface Vendor {
  readonly connection: Connection
  readonly twin: Twin
  readonly documents: Documents
  /** Usual milliseconds at work on one request. */
  readonly workMs: number
  readonly outages: readonly Outage[]
  /** Milliseconds after which its index knows of an effect, by what the connector says. */
  readonly lagMs: (effect: EffectName) => number
  /** Requests that are being answered, the most there ever were at one time, all so far, and those whose sender waits for the answer. */
  readonly load: { now: number; most: number; all: number; awaited: number; inVain: number }
}

interface Given extends Weather {
  /** Sends a webhook of this connection on its way. */
  deliver(connection: Connection, webhook: Webhook): void
  readonly stock: StockWitness
}

export interface Watched extends Weather {
  readonly story: Story
  readonly witness: Witness
}

interface Sending extends Watched {
  readonly stock: StockWitness
  /** The connection that the environment works for; absent when it works for several. */
  readonly own?: string | undefined
}

export interface Webhook {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface VendorOptions {
  readonly connection: Connection
  readonly make: MakeTwin
  readonly outages: readonly Outage[]
  readonly workMs: number
}

export function vendor({ connection, make, ...options }: VendorOptions, given: Given): Vendor {
  const { time, faults, stock } = given
  const documents = watched(journal(), (kind, id, document) => {
    if (kind === 'inventory' && connection.capabilities.includes('fulfilment')) {
      stock.shelved(connection.id, id, Object(document).places)
    }
  })
  const twin = make({
    settings: connection.own,
    documents,
    deliver: (webhook) => given.deliver(connection, webhook),
    lagging: () => faults.happens('index lags', connection.id),
    now: time.date,
  })
  return {
    connection,
    twin,
    documents,
    ...options,
    lagMs: lagsOf(connection),
    load: { now: 0, most: 0, all: 0, awaited: 0, inVain: 0 },
  }
}

/** The same documents, with somebody who sees each that is put. */
const watched = (documents: Documents, see: Documents['put']): Documents => ({
  ...documents,
  put(kind, id, document) {
    documents.put(kind, id, document)
    see(kind, id, document)
  },
})

const html: TwinReply = {
  status: 502,
  headers: { 'content-type': 'text/html' },
  body: '<!doctype html><title>Bad gateway</title>',
}

/** What the connector as it is says of its effects, whatever is planted into it. */
function lagsOf({ connector, own }: Connection): Vendor['lagMs'] {
  const found = connectors.find(({ id }) => id === connector)
  const effects = found && effectsOf(capabilitiesOf(found, own))
  return (effect) => {
    const safety = effects?.[effect]?.safety
    return safety?.by === 'lookup' ? safety.lagSeconds * 1000 : 0
  }
}

/** Usual milliseconds to a vendor, and back. */
const wayMs = 40

/** The way out of one environment to the vendors, in the place of `platform/http/send.ts`. */
export const sendTo =
  (vendors: readonly Vendor[], environment: Environment, { own, ...given }: Sending) =>
  (hosts: readonly string[]): Send =>
  async (call) => {
    const { host, protocol } = new URL(call.url)
    const vendor = vendors.find(
      ({ connection: { id, hosts: theirs } }) => theirs.includes(host) && (own ?? id) === id,
    )
    if (protocol !== 'https:' || !hosts.includes(host) || !vendor) {
      return err(halt(`${host} is not a host of this connection`))
    }
    vendor.load.awaited += 1
    const reply = await environment.io({
      what: `${call.method} ${call.kind} ${host}`,
      there: wayMs,
      back: wayMs,
      effect: () => exchange(vendor, call, { environment, given }),
    })
    vendor.load.awaited -= 1
    return reply
  }

interface Caller {
  readonly environment: Environment
  readonly given: Omit<Sending, 'own'>
}

async function exchange(
  vendor: Vendor,
  call: Call,
  { environment, given }: Caller,
): Promise<Awaited<ReturnType<Send>>> {
  const { faults, time, witness } = given
  const { twin, connection, load } = vendor
  const work = workNow()
  const order = work?.order ?? environment.order
  const asked = work && askedOf(vendor, call, { work, witness, now: time.now() })
  const where = `${connection.id}: ${call.method}${order ? ` of ${order}` : ''}`
  const outage = vendor.outages.find(({ from, to }) => from <= time.now() && time.now() < to)
  if (outage) load.inVain += 1
  const lost = (call.kind === 'write' ? doubt : retry)(`no answer from ${connection.id}`)
  if (outage?.how === 'request lost' || faults.happens('request lost', where, order)) {
    await pause(call.timeoutMs ?? usualTimeoutMs, given)
    if (asked) witness.doubted(asked)
    return err(lost)
  }
  if (outage?.how === 'throttled' || faults.happens('throttled', where, order)) {
    return ok(replyOf(twin.throttled))
  }
  if (outage || faults.happens('unavailable', where, order)) return ok(replyOf(twin.unavailable))
  if (faults.happens('a proxy answers', where, order)) return ok(replyOf(html))
  if (asked) witness.asked(asked)
  load.now += 1
  load.all += 1
  load.most = Math.max(load.most, load.now)
  const ms = workOf(vendor, { where, order, asked, given })
  const answer = pause(ms, given).then(async () => {
    const reply = await twin.handle(requestOf(call))
    for (const told of numbersTold(call, reply, vendor)) given.stock.told(connection, told)
    const answered = `${connection.id} answers ${call.method} ${pathOf(call)} with ${reply.status}`
    if (order) given.story.tell(answered, { order })
    return reply
  })
  const patienceMs = call.timeoutMs ?? usualTimeoutMs
  const reply = await (ms > patienceMs ? pause(patienceMs, given) : answer)
  if (asked) witness.over(asked)
  load.now -= 1
  if (reply && !faults.happens('answer lost', where, order)) return ok(replyOf(reply))
  if (asked) witness.doubted(asked)
  return err(lost)
}

/** What a worker asks, and from when on what came of it is to be seen. */
function askedOf(
  { connection, lagMs }: Vendor,
  { kind }: Call,
  { work, witness, now }: { readonly work: Work; readonly witness: Witness; readonly now: number },
): Asked {
  const effect = witness.heads.get(work.order)?.intents[work.intent]?.effect
  const seenFrom = now + (effect ? lagMs(effect) : 0)
  return { connection: connection.id, kind, work, at: now, seenFrom }
}

interface Working {
  readonly where: string
  readonly order: string | undefined
  readonly asked: Asked | undefined
  readonly given: Watched
}

/** Milliseconds that a system is at work on a request; now and then more than anybody waits for. */
function workOf(vendor: Vendor, { where, order, asked, given }: Working): number {
  const { faults, draw } = given
  const usual = vendor.workMs * (0.5 + draw(`work at ${vendor.connection.id}`))
  const slow = faults.happens('slow', where, order) ? 9000 * draw('how slow') : 0
  const most = asked?.kind === 'write' ? asked.seenFrom - asked.at : 0
  const latest = most - indexMs - usualTimeoutMs
  if (latest <= 0 || !faults.happens('done late', where, order)) return usual + slow
  return usualTimeoutMs + latest * draw('how late it is done')
}

/** Milliseconds that any twin's own index lags behind what was done. */
const indexMs = 60_000

/** Milliseconds that a connector waits for an answer, unless it says otherwise. */
const usualTimeoutMs = 8000

/** Numbers that a shop was told and took. */
function numbersTold(
  { body = '' }: Call,
  reply: TwinReply,
  { documents }: Vendor,
): readonly Told[] {
  if (!body.includes('inventorySetQuantities') || !reply.body?.includes('"userErrors":[]'))
    return []
  const { quantities } = JSON.parse(body).variables.input
  return quantities.map((one: SetQuantity): Told => {
    const item = Object(documents.get('inventory', /(\d+)$/.exec(one.inventoryItemId)?.[1] ?? ''))
    return { sku: item.sku, units: one.quantity, from: one.changeFromQuantity ?? undefined }
  })
}

interface SetQuantity {
  readonly inventoryItemId: string
  readonly quantity: number
  readonly changeFromQuantity?: number | null
}

const pause = (ms: number, { time }: Weather): Promise<void> =>
  new Promise((resolve) => time.after(ms, resolve))

const pathOf = ({ url }: Call): string => new URL(url).pathname

function requestOf({ method, url, headers, body = '' }: Call): TwinRequest {
  const { host, pathname, search } = new URL(url)
  return { method, path: `${pathname}${search}`, headers: { host, ...lowerCase(headers) }, body }
}

const replyOf = ({ status, headers, body = '' }: TwinReply): Reply => ({
  status,
  headers: lowerCase(headers),
  body,
})

const lowerCase = (headers: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

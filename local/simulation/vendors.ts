import { doubt, halt, retry } from '../../domain/failure.ts'
import type { Call, Reply, Send } from '../../domain/plug.ts'
import { err, ok } from '../../domain/result.ts'
import type { Documents, MakeTwin, Twin, TwinReply, TwinRequest } from '../../domain/twin.ts'
import type { Connection } from '../../schemas/settings.ts'
import { journal } from '../twins/journal.ts'
import { hashed, pick } from './draw.ts'
import type { Environment, Weather } from './environment.ts'
import type { Mask } from './faults.ts'
import type { Story } from './story.ts'
import type { Witness } from './witness.ts'

/** One vendor: its twin, and what is kept of everything that was asked of it. */
export interface Vendor {
  readonly connection: Connection
  readonly twin: Twin
  readonly documents: Documents
  /** Usual milliseconds at work on one request. */
  readonly workMs: number
  readonly outages: readonly Outage[]
  /** Requests that are being answered, the most there ever were at one time, all so far, and those whose sender waits for the answer. */
  readonly load: { now: number; most: number; all: number; awaited: number; inVain: number }
}

/** Hours in which a system answers nobody. */
export interface Outage {
  readonly from: number
  readonly to: number
  readonly how: 'unavailable' | 'request lost' | 'throttled'
}

interface Given extends Weather {
  /** Sends a webhook of this connection on its way. */
  deliver(connection: Connection, webhook: Webhook): void
}

interface Watched extends Weather {
  readonly story: Story
  readonly witness: Witness
}

interface Sending extends Watched {
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

export function vendor({ connection, make, outages, workMs }: VendorOptions, given: Given): Vendor {
  const { time, faults } = given
  const documents = journal()
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
    workMs,
    outages,
    load: { now: 0, most: 0, all: 0, awaited: 0, inVain: 0 },
  }
}

const html: TwinReply = {
  status: 502,
  headers: { 'content-type': 'text/html' },
  body: '<!doctype html><title>Bad gateway</title>',
}

interface Years {
  readonly seed: number
  readonly mask: Mask
  readonly from: number
  readonly ms: number
}

/** When a system is away for hours: some connections in some seeds. */
export function outagesOf(id: string, { seed, mask, from, ms }: Years): readonly Outage[] {
  const lot = (what: string) => hashed(`${what} of ${id}`, seed)
  const isMasked = mask.without?.has('outages') || mask.without?.has(`outage of ${id}`)
  if (lot('outage') > 0.25 || isMasked) return []
  const begin = from + lot('beginning') * ms
  const how = pick(['unavailable', 'request lost', 'throttled'] as const, lot('kind'))
  // A system that says how long to wait does not say so for hours.
  const most = how === 'throttled' ? 600_000 : 6 * 3_600_000
  return [{ from: begin, to: begin + lot('length') * most, how }]
}

/** Usual milliseconds to a vendor, and back. */
const wayMs = 40

/** The way out of one environment to the vendors, in the place of `platform/send.ts`. */
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
  readonly given: Watched
}

async function exchange(
  vendor: Vendor,
  call: Call,
  { environment: { order, intent }, given }: Caller,
): Promise<Awaited<ReturnType<Send>>> {
  const { faults, time, draw, witness } = given
  const { twin, connection, load } = vendor
  const where = `${connection.id}: ${call.method}${order ? ` of ${order}` : ''}`
  const outage = vendor.outages.find(({ from, to }) => from <= time.now() && time.now() < to)
  if (outage) load.inVain += 1
  const lost = (call.kind === 'write' ? doubt : retry)(`no answer from ${connection.id}`)
  if (outage?.how === 'request lost' || faults.happens('request lost', where, order)) {
    await pause(8000, given)
    if (call.kind === 'write') witness.doubted(connection.id, intent, order)
    return err(lost)
  }
  if (outage?.how === 'throttled' || faults.happens('throttled', where, order)) {
    return ok(replyOf(twin.throttled))
  }
  if (outage || faults.happens('unavailable', where, order)) return ok(replyOf(twin.unavailable))
  if (faults.happens('a proxy answers', where, order)) return ok(replyOf(html))
  witness.asked(connection.id, call.kind, intent, order)
  load.now += 1
  load.all += 1
  load.most = Math.max(load.most, load.now)
  const slow = faults.happens('slow', where, order) ? 9000 * draw('how slow') : 0
  const ms = vendor.workMs * (0.5 + draw(`work at ${connection.id}`)) + slow
  await pause(ms, given)
  const reply = await twin.handle(requestOf(call))
  load.now -= 1
  if (order) {
    const answer = `${connection.id} answers ${call.method} ${pathOf(call)} with ${reply.status}`
    given.story.tell(answer, { order })
  }
  const isLate = ms > (call.timeoutMs ?? 8000)
  if (!isLate && !faults.happens('answer lost', where, order)) return ok(replyOf(reply))
  if (call.kind === 'write') witness.doubted(connection.id, intent, order)
  return err(lost)
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

/** Seconds before a vendor tries a webhook again that was not taken. Then it gives up. */
const tries = [10, 60, 300, 1800, 7200] as const

/** Brings webhooks to the door as vendors do: again until they are taken, some late, some twice, some never. */
export function courier(
  knock: (connection: Connection, webhook: Webhook, answered: (status: number) => void) => void,
  { time, draw, faults, story, witness }: Watched,
) {
  const carry = (connection: Connection, webhook: Webhook, tried: number): void => {
    knock(connection, webhook, (status) => {
      if (status >= 200 && status < 300) return
      const seconds = tries[tried]
      if (seconds === undefined) story.tell(`${connection.id} gives a webhook up`)
      else time.after(seconds * 1000, () => carry(connection, webhook, tried + 1))
    })
  }
  /** Somebody who saw one webhook sends another with its signature. */
  const forge = (connection: Connection, { headers, body }: Webhook): void => {
    knock(connection, { headers, body: body.replace(/\d(?=\D*$)/, '0').concat(' ') }, (status) => {
      if (status < 300) witness.breach('no leaks', `${connection.id} took a forged webhook`)
    })
  }
  return (connection: Connection, webhook: Webhook): void => {
    const where = `${connection.id} ${hashed(webhook.body, 0).toFixed(6)}`
    if (faults.happens('webhook forged', where)) forge(connection, webhook)
    if (faults.happens('webhook lost', where)) return
    const copies = faults.happens('webhook twice', where) ? 2 : 1
    for (let copy = 0; copy < copies; copy++) {
      const late = faults.happens('webhook late', where) ? 3_600_000 * draw('how late') ** 3 : 0
      time.after(late + 300 * draw('courier'), () => carry(connection, webhook, 0))
    }
  }
}

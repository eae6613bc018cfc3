import { beginningOf, orderIdOf } from '../../domain/order/order-id.ts'
import type { Ledger } from '../../domain/ports.ts'
import { rawName } from '../../domain/privacy/raw-name.ts'
import type { Reading } from '../../domain/reading.ts'
import { type ConnectionId, OrderId } from '../../schemas/canonical/identity.ts'
import { subjectOf, type TransformMessageDeps } from './intake.ts'
import type { Opened } from './open-message.ts'

interface ArchiveDeps
  extends Pick<TransformMessageDeps, 'connector' | 'open' | 'digest' | 'clock'> {
  /** Days that a connection's messages are kept; `undefined` if it is not in the settings. */
  rawDays(connection: ConnectionId): number | undefined
  readonly newId: () => string
  readonly ledger: Pick<Ledger, 'load'>
  readonly channels: readonly ConnectionId[]
}

/** Messages that are stored together. */
export interface Bundled {
  readonly name: string
  readonly text: string
}

/**
 * Stores a batch of raw messages: one file per retention period, one line per message. Lines and names contain the
 * order ids, so that one person's messages can be found. An unreadable message becomes a dead letter and is not stored
 * before: a batch does not fail because of one message. For an erased order, only the fact that a message arrived is
 * stored.
 */
export async function bundlesOf(
  bodies: readonly string[],
  deps: ArchiveDeps,
): Promise<readonly Bundled[]> {
  const lines = (await Promise.all(bodies.map((body) => lineOf(body, deps)))).flat()
  const at = deps.clock().toISOString()
  return [...Map.groupBy(lines, ({ days }) => days)].map(([days, together]) => {
    const about = together.flatMap((line) => line.about)
    const name = rawName({ days, at, id: deps.newId(), about }, (text) => deps.digest(text))
    return { name, text: together.map(({ text }) => text).join('\n') }
  })
}

interface Line {
  readonly days: number
  readonly about: readonly OrderId[]
  readonly text: string
}

async function lineOf(body: string, deps: ArchiveDeps): Promise<Line[]> {
  const opened = await deps.open(body)
  if (!opened.ok) return []
  const { message, raw } = opened.value
  const { connection } = message
  const days = deps.rawDays(connection)
  if (days === undefined) return []
  const text = raw.ok ? raw.value : message.body
  const readings = readingsIn(opened.value)
  if (!readings) return []
  // A privacy request names a customer by e-mail and phone; its record is written without them.
  if (readings.some(({ type }) => type === 'privacy')) return []
  const told = readings.flatMap((reading) => ordersIn(reading, connection))
  const about = [...told, ...namedIn(text, deps.channels)]
  const known = [...new Set(about.length > 0 ? about : [subjectOf(connection, text, deps)])]
  const { receivedAt } = message
  const kept = (await isErased(known, deps)) ? JSON.stringify({ connection, receivedAt }) : body
  return [{ days, about: known, text: withOrders(kept, known) }]
}

/** If a connector throws, it does so again where the message is processed, and only that message fails. */
function readingsIn(opened: Opened): readonly Reading[] | undefined {
  try {
    const read = opened.readings()
    return read.ok ? read.value : []
  } catch {
    return undefined
  }
}

/** Most messages ask at the same moment, which makes it one call. */
async function isErased(about: readonly OrderId[], { ledger }: ArchiveDeps): Promise<boolean> {
  const states = await Promise.allSettled(about.map((id) => ledger.load(id)))
  return states.some((state) => state.status === 'fulfilled' && state.value?.erased)
}

function ordersIn(reading: Reading, connection: ConnectionId): readonly OrderId[] {
  if (reading.type === 'snapshot') return [reading.order.id]
  if (reading.type === 'hint') return [orderIdOf(connection, reading.channelOrderId)]
  return 'orderId' in reading ? [reading.orderId] : []
}

/** Systems write our order ids into any field, even ones we do not read. */
const namedIn = (text: string, channels: readonly ConnectionId[]): readonly OrderId[] =>
  channels.flatMap((channel) => {
    const named = text.match(new RegExp(`\\b${beginningOf(channel)}[A-Za-z0-9_-]+`, 'g')) ?? []
    return named.flatMap((id) => OrderId.safeParse(id).data ?? [])
  })

/** The message byte for byte, with one field added at the front. */
const withOrders = (body: string, about: readonly OrderId[]): string =>
  `{"about":${JSON.stringify(about)},${body.trimStart().slice(1)}`

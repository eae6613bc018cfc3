import { decimal } from '../../domain/money/minor-units.ts'
import type { OrderEvent } from '../../schemas/events/order-event.ts'
import type { CommitRecord } from '../../schemas/stored/commit-record.ts'

type Words = {
  readonly [T in OrderEvent['type']]?: (event: Extract<OrderEvent, { readonly type: T }>) => string
}

/** What happened to an order, one sentence an event, as a person would tell it. */
export function tell(commits: readonly CommitRecord[]): string[] {
  const start = Date.parse(commits[0]?.at ?? '')
  return commits.flatMap(({ at, events }) =>
    events.flatMap((event) => {
      const sentence = sentenceOf(event)
      return sentence ? [`${elapsed(Date.parse(at) - start)}  ${sentence}`] : []
    }),
  )
}

function sentenceOf(event: OrderEvent): string | undefined {
  // The table is keyed by the event's own type, which TypeScript cannot follow through an index.
  const say = words[event.type] as ((event: OrderEvent) => string) | undefined
  return say?.(event)
}

const words: Words = {
  'order.captured': ({ number, total, currency, lines }) =>
    `captured ${number}: ${lines.length} ${plural('line', lines.length)}, ${decimal(total, currency)} ${currency}`,
  'order.amended': ({ version }) => `amended at the channel (version ${version})`,
  'order.cancelled': ({ reason }) => `cancelled: ${reason ?? 'no reason given'}`,
  'order.edited': ({ by, field, reason }) => `${field} changed by ${by}: ${reason}`,
  'command.given': ({ by, command }) => `${command.do} by ${by}`,
  'sale.accepted': ({ connection }) => `accepted at ${connection}`,
  'sale.cancelled': ({ connection }) => `cancelled units reported to ${connection}`,
  'amendment.posted': ({ connection }) => `amended at ${connection}`,
  'release.amended': ({ connection }) => `release amended at ${connection}`,
  'release.cancelled': ({ connection }) => `cancelled at ${connection}`,
  'release.backordered': ({ connection, lines }) =>
    `${connection} has no stock for ${units(lines)}`,
  'shipment.corrected': ({ shipment }) =>
    `parcel ${shipment.id} corrected: ${units(shipment.lines)}`,
  'order.accepted': ({ connection, reference }) => `posted to ${connection} as ${named(reference)}`,
  'order.withdrawn': ({ connection }) => `closed at ${connection}`,
  'order.released': ({ connection, reference }) =>
    `released to ${connection} as ${named(reference)}`,
  'shipment.confirmed': ({ shipment }) =>
    `parcel ${shipment.id} left: ${units(shipment.lines)}, ${shipment.carrier ?? 'carrier unknown'} ${shipment.trackingNumber ?? 'without tracking'}`,
  'shipment.posted': ({ connection, reference }) =>
    `parcel posted to ${connection} as ${named(reference)}`,
  'shipment.published': ({ connection }) => `parcel and tracking confirmed to ${connection}`,
  'effect.doubted': ({ connection, reason }) =>
    `in doubt at ${connection}: ${reason}; Crossdock will look it up`,
  'effect.refused': ({ reason }) => `refused: ${reason}`,
  'exception.raised': ({ code, owner, reason }) => `exception ${code} for ${owner}: ${reason}`,
  'exception.resolved': ({ code }) => `exception ${code} resolved by a person`,
  'exception.cleared': ({ code }) => `exception ${code} cleared`,
  'stage.missed': ({ stage, dueAt }) => `missed the deadline for ${stage} (${dueAt})`,
}

const named = ({ id, number }: { readonly id: string; readonly number?: string | undefined }) =>
  number ?? id

const plural = (word: string, n: number): string => (n === 1 ? word : `${word}s`)

function units(lines: readonly { readonly quantity: number }[]): string {
  const n = lines.reduce((sum, { quantity }) => sum + quantity, 0)
  return `${n} ${plural('unit', n)}`
}

const elapsed = (ms: number): string => `+${(ms / 1000).toFixed(2)} s`.padStart(9)

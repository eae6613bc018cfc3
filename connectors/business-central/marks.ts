import { createHash } from 'node:crypto'
import type { Subject } from '../../domain/effects/effect.ts'

/** `externalDocumentNumber` is a code of 35 characters: longer is refused, and case is lost. */
const longest = 35

/**
 * The reference by which a sales order is found again: the order's id, whichever release its warehouse works by. An id that
 * is too long, or that differs from another by case alone, keeps its end, which people search for, and gets a digest.
 */
export function documentNumber({ order: { id } }: Pick<Subject, 'order'>): string {
  const upper = id.toUpperCase()
  if (id.length <= longest && id === id.toLowerCase()) return upper
  return `${upper.slice(-(longest - 11))}-${digest(id, 10)}`
}

/** The number of the customer that we make: a channel customer has one, a guest has one per order. */
export function customerNumber({ connection, channelOrderId, people }: Subject['order']): string {
  const { id } = people.customer ?? {}
  return `CD${digest(id ? `${connection}/c${id}` : `${connection}/g${channelOrderId}`, 16)}`
}

/**
 * `description2`, 50 characters, is all that is ours on a line: it names the part of the order, and the parcel that the
 * line left with last. Posted shipments keep it, and so are found again.
 */
export const markOf = (key: string, parcel?: string): string =>
  parcel === undefined ? `cd:${key}` : `cd:${key} p:${short(parcel)}`

/** What a mark says; `undefined` for a line that is not ours. */
export function readMark(
  description2: string,
): { readonly key: string; readonly parcel?: string } | undefined {
  const [, key, parcel] = /^cd:(\S+)(?: p:(\S+))?$/.exec(description2) ?? []
  return key === undefined ? undefined : { key, ...(parcel && { parcel }) }
}

/** The part of a mark that stands for an id of any length and alphabet. */
export const short = (id: string): string =>
  /^[A-Za-z0-9.-]{1,18}$/.test(id) ? id : `_${digest(id, 12)}`

/** A line of an order may be several lines there, one for each component. */
export const lineIn = (key: string): string => key.split('/')[0] ?? key

const digest = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length).toUpperCase()

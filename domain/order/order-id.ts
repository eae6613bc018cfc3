import { ConnectionId, longestOrderId, OrderId } from '../../schemas/canonical/identity.ts'
import { digest } from './digest.ts'

/**
 * The ledger's id of a channel's order. Characters outside `[A-Za-z0-9-]` become `_` and their hex code; an id that is
 * too long ends in a digest.
 */
export function orderIdOf(connection: ConnectionId, channelOrderId: string): OrderId {
  const safe = channelOrderId.replace(
    /[^A-Za-z0-9-]/g,
    (character) => `_${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  const id = `${beginningOf(connection)}${safe}`
  if (id.length <= longestOrderId) return OrderId.parse(id)
  const end = `_${digest(channelOrderId)}`
  return OrderId.parse(`${id.slice(0, longestOrderId - end.length)}${end}`)
}

/** The prefix of all order ids of a channel, and of no other channel's. */
export const beginningOf = (channel: ConnectionId): string => `${channel.replace('/', '_')}_`

/** The channel of an order: connector ids and connection names contain no underscore. */
export function connectionOfOrder(id: OrderId): ConnectionId {
  const [connector, name] = id.split('_')
  return ConnectionId.parse(`${connector}/${name}`)
}

import { createHash } from 'node:crypto'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import { connectionName } from './connection-name.ts'

/** Characters that SQS allows in a name, `.fifo` included. */
const longest = 80

export interface NamedQueue {
  readonly environment: string
  /** The lane's, unique in its environment. */
  readonly lane: string
  readonly isDeadLetters?: boolean
  readonly fifo?: boolean
}

/**
 * The physical name of a lane's queue. CloudFormation generates names too, but it does not shorten those of FIFO queues to
 * what SQS allows, and may cut off the end of others, by which people find dead letters.
 */
export function queueName({ environment, lane, isDeadLetters, fifo }: NamedQueue): string {
  const end = `${isDeadLetters ? 'DeadLetters' : ''}${fifo ? '.fifo' : ''}`
  const name = `Crossdock-${environment}-${lane}`
  if (name.length + end.length <= longest) return name + end
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8)
  return `${name.slice(0, longest - end.length - 9)}-${digest}${end}`
}

/** The lane of a connection's listings; without one, what all of them begin with. */
export const listingsLane = (id?: ConnectionId): string =>
  `Listings-${id ? connectionName(id) : ''}`

/** Functions that serve all channels know these queues by name, from the settings: a hundred addresses do not fit into an environment. */
export const listingsQueueName = (environment: string, id: ConnectionId): string =>
  queueName({ environment, lane: listingsLane(id) })

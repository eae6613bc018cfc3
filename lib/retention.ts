import { capableOf, type Keep } from '../schemas/settings.ts'
import type { DeployedConnection } from './deployment.ts'

const sells = capableOf('orders')

/**
 * The connections with the days that hold for each: the fewest of what its connector's channel demands, its own setting and
 * `keep`. Messages are not kept longer than the people in them, and a system's messages may speak of any channel's.
 */
export function withRetention(
  connections: readonly DeployedConnection[],
  keep: Keep,
): DeployedConnection[] {
  const least = Math.min(...connections.map(({ peopleDays }) => peopleDays), keep.peopleDays)
  return connections.map((connection) => {
    const peopleDays = sells(connection) ? Math.min(connection.peopleDays, keep.peopleDays) : least
    return { ...connection, peopleDays, rawDays: Math.min(keep.rawDays, peopleDays) }
  })
}

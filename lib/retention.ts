import type { Keep } from '../schemas/settings.ts'
import type { DeployedConnection } from './deployment.ts'

/**
 * The connections with the days that hold for each: the fewest of what its plug's channel demands, its own setting and
 * `keep`. Messages are not kept longer than the people in them, and a system's messages may speak of any channel's.
 */
export function withRetention(
  connections: readonly DeployedConnection[],
  keep: Keep,
): DeployedConnection[] {
  const least = Math.min(...connections.map(({ peopleDays }) => peopleDays), keep.peopleDays)
  return connections.map((connection) => {
    const isChannel = connection.kind === 'channel'
    const peopleDays = isChannel ? Math.min(connection.peopleDays, keep.peopleDays) : least
    return { ...connection, peopleDays, rawDays: Math.min(keep.rawDays, peopleDays) }
  })
}

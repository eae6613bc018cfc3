import type { CircuitBreakers } from '../../domain/ports.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { CircuitBreaker } from '../../schemas/stored/circuit-breaker.ts'
import { count, type Point } from './metrics.ts'

type Why = Extract<CircuitBreaker, { readonly state: 'open' }>['why']

const shutFor: Readonly<Record<Why, Point['name']>> = {
  outage: 'BreakerOpened',
  throttled: 'ConnectionThrottled',
  halted: 'ConnectionHalted',
}

/** Circuit breakers that count whenever one opens, and again with each probe that fails: silence means that all is well. */
export const measuredBreakers = (
  breakers: CircuitBreakers,
  namespace: string,
): CircuitBreakers => ({
  glance: (connection) => breakers.glance(connection),
  load: (connection) => breakers.load(connection),
  async save(connection, before, after) {
    const saved = await breakers.save(connection, before, after)
    if (saved && after.state === 'open' && !(before.state === 'open' && before.why === after.why)) {
      count({ name: shutFor[after.why], dimensions: { Connection: connection } }, namespace)
    }
    return saved
  },
})

/**
 * Whether a connection is down, so that what is late because of it needs no alarm besides the breaker's. A breaker that cannot be read
 * keeps nothing quiet.
 */
export const isDownBy =
  ({ glance }: Pick<CircuitBreakers, 'glance'>) =>
  (connection: ConnectionId): Promise<boolean> =>
    glance(connection).then(
      (breaker) => breaker.state !== 'closed' && breaker.why !== 'throttled',
      () => false,
    )

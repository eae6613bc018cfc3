import { closedBreaker } from '../../domain/effects/circuit-breaker.ts'
import type { CircuitBreakers } from '../../domain/ports.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { CircuitBreaker } from '../../schemas/stored/circuit-breaker.ts'
import { seconds } from './orders.ts'

let opened = 0
export function newConnection(): ConnectionId {
  opened += 1
  return ConnectionId.parse(`netsuite/erp-${opened}`)
}

/** CircuitBreakers of each kind, with everything they can carry. */
const kinds: readonly CircuitBreaker[] = [
  { state: 'closed', rev: 0, strikes: 2, struckAt: seconds(3) },
  {
    state: 'open',
    rev: 0,
    why: 'outage',
    reason: 'no answer',
    since: seconds(0),
    pauses: 3,
    until: seconds(20),
  },
  {
    state: 'half-open',
    rev: 0,
    why: 'halted',
    reason: 'revoked',
    since: seconds(0),
    pauses: 1,
    allowance: 2,
    passed: 1,
    places: [seconds(9), seconds(9)],
  },
  { state: 'closed', rev: 0, strikes: 0 },
]

/** What breakers owe to those who pass. */
export function breakersContract(open: () => CircuitBreakers): void {
  test('a breaker that nobody ever wrote is open', async () => {
    expect(await open().load(newConnection())).toEqual(closedBreaker)
    expect(await open().glance(newConnection())).toEqual(closedBreaker)
  })

  test('every kind of breaker is given back as it was written, under the next revision', async () => {
    const breakers = open()
    const connection = newConnection()
    for (const [index, kind] of kinds.entries()) {
      const before = await breakers.load(connection)
      expect(await breakers.save(connection, before, kind)).toBe(true)
      expect(await breakers.load(connection)).toEqual({ ...kind, rev: index + 1 })
      expect(await breakers.glance(connection)).toEqual({ ...kind, rev: index + 1 })
    }
  })

  test('what was decided on a breaker that is no longer so is refused', async () => {
    const breakers = open()
    const connection = newConnection()
    const [struck = closedBreaker, shut = closedBreaker] = kinds
    const before = await breakers.load(connection)
    await breakers.save(connection, before, struck)
    expect(await breakers.save(connection, before, shut)).toBe(false)
    const later = await breakers.load(connection)
    expect(later).toMatchObject({ state: 'closed', rev: 1 })
    expect(await breakers.save(connection, later, shut)).toBe(true)
    expect(await breakers.save(connection, later, struck)).toBe(false)
    expect(await breakers.load(connection)).toMatchObject({ state: 'open', rev: 2 })
  })

  test('one of many who write at once is let through', async () => {
    const breakers = open()
    const connection = newConnection()
    const [breaker = closedBreaker] = kinds
    const written = await Promise.all(
      Array.from({ length: 5 }, () => breakers.save(connection, closedBreaker, breaker)),
    )
    expect(written.filter(Boolean)).toHaveLength(1)
  })

  test('each connection has a breaker of its own', async () => {
    const breakers = open()
    const [breaker = closedBreaker] = kinds
    await breakers.save(newConnection(), closedBreaker, breaker)
    expect(await breakers.load(newConnection())).toEqual(closedBreaker)
  })
}

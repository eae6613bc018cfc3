import { openValve } from '../../domain/effects/valve.ts'
import type { Valves } from '../../domain/ports.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Valve } from '../../schemas/stored/valve.ts'
import { seconds } from './orders.ts'

let opened = 0
export function newConnection(): ConnectionId {
  opened += 1
  return ConnectionId.parse(`netsuite/erp-${opened}`)
}

/** Valves of each kind, with everything they can carry. */
const kinds: readonly Valve[] = [
  { is: 'open', rev: 0, strikes: 2, struckAt: seconds(3) },
  {
    is: 'shut',
    rev: 0,
    why: 'outage',
    reason: 'no answer',
    since: seconds(0),
    pauses: 3,
    until: seconds(20),
  },
  {
    is: 'easing',
    rev: 0,
    why: 'halted',
    reason: 'revoked',
    since: seconds(0),
    pauses: 1,
    allowance: 2,
    passed: 1,
    places: [seconds(9), seconds(9)],
  },
  { is: 'open', rev: 0, strikes: 0 },
]

/** What valves owe to those who pass. */
export function valvesContract(open: () => Valves): void {
  test('a valve that nobody ever wrote is open', async () => {
    expect(await open().load(newConnection())).toEqual(openValve)
    expect(await open().glance(newConnection())).toEqual(openValve)
  })

  test('every kind of valve is given back as it was written, under the next revision', async () => {
    const valves = open()
    const connection = newConnection()
    for (const [index, kind] of kinds.entries()) {
      const before = await valves.load(connection)
      expect(await valves.save(connection, before, kind)).toBe(true)
      expect(await valves.load(connection)).toEqual({ ...kind, rev: index + 1 })
      expect(await valves.glance(connection)).toEqual({ ...kind, rev: index + 1 })
    }
  })

  test('what was decided on a valve that is no longer so is refused', async () => {
    const valves = open()
    const connection = newConnection()
    const [struck = openValve, shut = openValve] = kinds
    const before = await valves.load(connection)
    await valves.save(connection, before, struck)
    expect(await valves.save(connection, before, shut)).toBe(false)
    const later = await valves.load(connection)
    expect(later).toMatchObject({ is: 'open', rev: 1 })
    expect(await valves.save(connection, later, shut)).toBe(true)
    expect(await valves.save(connection, later, struck)).toBe(false)
    expect(await valves.load(connection)).toMatchObject({ is: 'shut', rev: 2 })
  })

  test('one of many who write at once is let through', async () => {
    const valves = open()
    const connection = newConnection()
    const [valve = openValve] = kinds
    const written = await Promise.all(
      Array.from({ length: 5 }, () => valves.save(connection, openValve, valve)),
    )
    expect(written.filter(Boolean)).toHaveLength(1)
  })

  test('each connection has a valve of its own', async () => {
    const valves = open()
    const [valve = openValve] = kinds
    await valves.save(newConnection(), openValve, valve)
    expect(await valves.load(newConnection())).toEqual(openValve)
  })
}

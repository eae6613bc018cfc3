import type { Valves } from '../../domain/ports.ts'
import type { Valve } from '../../schemas/stored/valve.ts'
import { count, type Point } from './metrics.ts'

type Why = Extract<Valve, { readonly is: 'shut' }>['why']

const shutFor: Readonly<Record<Why, Point['name']>> = {
  outage: 'ValveShut',
  throttled: 'ConnectionThrottled',
  halted: 'ConnectionHalted',
}

/** Valves that count whenever one is shut, and again with each probe that fails: silence means that all is well. */
export const measuredValves = (valves: Valves, namespace: string): Valves => ({
  glance: (connection) => valves.glance(connection),
  load: (connection) => valves.load(connection),
  async save(connection, before, after) {
    const saved = await valves.save(connection, before, after)
    if (saved && after.is === 'shut' && !(before.is === 'shut' && before.why === after.why)) {
      count({ name: shutFor[after.why], dimensions: { Connection: connection } }, namespace)
    }
    return saved
  },
})

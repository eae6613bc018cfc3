import { gateOf } from '../../domain/effects/gate.ts'
import type { Account } from '../../domain/plug.ts'
import type { Clock } from '../../domain/ports.ts'
import { MemoryValves } from './memory-valves.ts'

/** A gate for a few workers, without chance, and the valves behind it. */
export function memoryGate(account: Account, clock: Clock) {
  const valves = new MemoryValves()
  const jitter = async () => {}
  const gate = gateOf({
    valves,
    account,
    limit: 2,
    leaseSeconds: 15,
    clock,
    random: () => 0,
    jitter,
  })
  return { gate, valves }
}

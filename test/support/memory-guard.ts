import type { Account } from '../../domain/account.ts'
import { guardOf } from '../../domain/effects/guard.ts'
import type { Clock } from '../../domain/ports.ts'
import { MemoryCircuitBreakers } from './memory-circuit-breakers.ts'

/** A gate for a few workers, without chance, and the breakers behind it. */
export function memoryGate(account: Account, clock: Clock) {
  const breakers = new MemoryCircuitBreakers()
  const jitter = async () => {}
  const gate = guardOf({
    breakers,
    account,
    limit: 2,
    leaseSeconds: 15,
    clock,
    random: () => 0,
    jitter,
  })
  return { gate, breakers }
}

import { closedBreaker } from '../../domain/effects/circuit-breaker.ts'
import type { CircuitBreakers } from '../../domain/ports.ts'
import { CircuitBreaker } from '../../schemas/stored/circuit-breaker.ts'

/** CircuitBreakers in memory. Keeps JSON text, as the table does; its glance is always of now. */
export class MemoryCircuitBreakers implements CircuitBreakers {
  /** Every breaker that was written, oldest first. */
  readonly saved: CircuitBreaker[] = []
  readonly #texts = new Map<string, string>()

  async load(connection: string): Promise<CircuitBreaker> {
    const text = this.#texts.get(connection)
    return text === undefined ? closedBreaker : CircuitBreaker.parse(JSON.parse(text))
  }

  glance(connection: string): Promise<CircuitBreaker> {
    return this.load(connection)
  }

  async save(connection: string, before: CircuitBreaker, after: CircuitBreaker): Promise<boolean> {
    const text = this.#texts.get(connection)
    const rev = text === undefined ? 0 : CircuitBreaker.parse(JSON.parse(text)).rev
    if (rev !== before.rev) return false
    const breaker: CircuitBreaker = { ...after, rev: rev + 1 }
    this.#texts.set(connection, JSON.stringify(breaker))
    this.saved.push(breaker)
    return true
  }
}

import { openValve } from '../../domain/effects/valve.ts'
import type { Valves } from '../../domain/ports.ts'
import { Valve } from '../../schemas/stored/valve.ts'

/** Valves in memory. Keeps JSON text, as the table does; its glance is always of now. */
export class MemoryValves implements Valves {
  /** Every valve that was written, oldest first. */
  readonly saved: Valve[] = []
  readonly #texts = new Map<string, string>()

  async load(connection: string): Promise<Valve> {
    const text = this.#texts.get(connection)
    return text === undefined ? openValve : Valve.parse(JSON.parse(text))
  }

  glance(connection: string): Promise<Valve> {
    return this.load(connection)
  }

  async save(connection: string, before: Valve, after: Valve): Promise<boolean> {
    const text = this.#texts.get(connection)
    const rev = text === undefined ? 0 : Valve.parse(JSON.parse(text)).rev
    if (rev !== before.rev) return false
    const valve: Valve = { ...after, rev: rev + 1 }
    this.#texts.set(connection, JSON.stringify(valve))
    this.saved.push(valve)
    return true
  }
}

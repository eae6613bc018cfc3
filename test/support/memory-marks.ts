import type { CountMarks } from '../../domain/stock/counting.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'

/** Marks of full counts in memory. */
export class MemoryMarks implements CountMarks {
  readonly #marks = new Map<string, Instant>()

  async read(location: string): Promise<Instant | undefined> {
    return this.#marks.get(location)
  }

  async raise(location: string, at: Instant): Promise<void> {
    const known = this.#marks.get(location)
    if (known === undefined || at > known) this.#marks.set(location, at)
  }
}

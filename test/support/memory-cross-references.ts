import { keyOf, merged } from '../../domain/cross-references/naming.ts'
import type { Addition, CrossReferenceStore, Waiting } from '../../domain/ports.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import { CrossReference, type Thing } from '../../schemas/stored/cross-reference.ts'

/** Cross-references in memory. Keeps JSON text, as the table does. */
export class MemoryCrossReferences implements CrossReferenceStore {
  readonly #names = new Map<string, string>()
  readonly #waiting = new Map<string, Waiting>()

  async find(things: readonly Thing[]): Promise<readonly CrossReference[]> {
    return [...new Set(things.map(keyOf))].flatMap((key) => this.#read(key) ?? [])
  }

  async wait(waiting: readonly Waiting[]): Promise<void> {
    for (const one of waiting) this.#waiting.set(waitKey(one), one)
  }

  async add(additions: readonly Addition[]): Promise<readonly Thing[]> {
    const changed = additions.filter(({ told, connection, kind, code }) => {
      const key = keyOf({ connection, kind, code })
      const before = this.#read(key)?.names ?? []
      const names = merged(before, told)
      if (names !== before) this.#names.set(key, JSON.stringify({ connection, kind, code, names }))
      return names !== before
    })
    return changed.map(({ connection, kind, code }) => ({ connection, kind, code }))
  }

  async waiting(connection: ConnectionId): Promise<readonly Waiting[]> {
    return [...this.#waiting.values()].filter((one) => one.connection === connection)
  }

  async release(waiting: readonly Waiting[]): Promise<void> {
    for (const one of waiting) this.#waiting.delete(waitKey(one))
  }

  async *all(): AsyncIterable<CrossReference> {
    for (const text of this.#names.values()) yield CrossReference.parse(JSON.parse(text))
  }

  #read(key: string): CrossReference | undefined {
    const text = this.#names.get(key)
    return text === undefined ? undefined : CrossReference.parse(JSON.parse(text))
  }
}

const waitKey = (one: Waiting): string => `${keyOf(one)}#${one.orderId}#${one.intentId}`

import type { Lookups } from '../../domain/ports.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { ListingId } from '../../schemas/stored/listing.ts'
import { Lookup, type LookupId } from '../../schemas/stored/lookup.ts'

const keyOf = ({ connection, sku = '' }: LookupId): string => `${connection}#${sku}`

/** Lookups in memory. Keeps JSON text, as the table does. */
export class MemoryLookups implements Lookups {
  readonly #lookups = new Map<string, string>()

  async request(
    ids: readonly ListingId[],
    { at, unlessSince }: { readonly at: string; readonly unlessSince?: string },
  ): Promise<void> {
    for (const id of ids) {
      const known = this.#read(id)
      if (!known || (unlessSince !== undefined && known.at < unlessSince)) {
        this.#write({ ...id, at, dueAt: at })
      }
    }
  }

  async find(ids: readonly LookupId[]): Promise<readonly Lookup[]> {
    return ids.flatMap((id) => this.#read(id) ?? [])
  }

  async due(connection: ConnectionId, now: string): Promise<readonly Lookup[]> {
    return this.all()
      .filter((one) => one.connection === connection && (one.dueAt ?? '~') <= now)
      .toSorted((a, b) => ((a.dueAt ?? '') < (b.dueAt ?? '') ? -1 : 1))
      .slice(0, 1000)
  }

  async save(before: Lookup | undefined, after: Lookup): Promise<boolean> {
    const known = this.#read(after)
    if (known?.at !== before?.at || known?.dueAt !== before?.dueAt) return false
    this.#write(after)
    return true
  }

  all(): readonly Lookup[] {
    return [...this.#lookups.values()].map((text) => Lookup.parse(JSON.parse(text)))
  }

  #write(lookup: Lookup): void {
    this.#lookups.set(keyOf(lookup), JSON.stringify(Lookup.parse(lookup)))
  }

  #read(id: LookupId): Lookup | undefined {
    const text = this.#lookups.get(keyOf(id))
    return text === undefined ? undefined : Lookup.parse(JSON.parse(text))
  }
}

import type { RecordFactDeps } from '../../domain/order/record-fact.ts'
import type { Clock, Requeue } from '../../domain/ports.ts'
import type { Past, Vault } from '../../domain/privacy/vault.ts'
import type { ConnectionId, OrderId } from '../../schemas/canonical/identity.ts'

export interface PrivacyDeps extends RecordFactDeps {
  readonly vault: Vault
  readonly past: Past
  /** Raw messages, one per line. */
  readonly messages: Store
  /** Reports and disclosures. */
  readonly files: Store
  /** The hosts of a connection; none if it is not in the settings. */
  hostsOf(connection: ConnectionId): readonly string[]
  digest(text: string): string
  readonly again: Requeue
  readonly clock: Clock
  /** Reports that a disclosure waits to be sent to its customer. */
  disclosed(orders: readonly OrderId[]): void
}

/** Texts by name. */
export interface Store {
  /** At most a thousand names with a prefix, in order, after a given one. */
  list(
    beginning: string,
    after?: string,
  ): Promise<{ readonly names: readonly string[]; readonly more: boolean }>
  read(name: string): Promise<string>
  write(name: string, text: string): Promise<void>
}

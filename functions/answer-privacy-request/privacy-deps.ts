import type { RecordFactDeps } from '../../domain/order/record-fact.ts'
import type { Clock, Requeue } from '../../domain/ports.ts'
import type { Past, Vault } from '../../domain/privacy/vault.ts'
import type { ConnectionId, OrderId } from '../../schemas/canonical/identity.ts'

export interface PrivacyDeps extends RecordFactDeps {
  readonly vault: Vault
  readonly past: Past
  /** Messages as they came, a line each. */
  readonly messages: Store
  /** What people are answered. */
  readonly files: Store
  /** The hosts of a connection; none when the settings do not have it. */
  hostsOf(connection: ConnectionId): readonly string[]
  digest(text: string): string
  readonly again: Requeue
  readonly clock: Clock
  /** Tells whoever has to send a customer their data that it is there. */
  disclosed(orders: readonly OrderId[]): void
}

/** Texts by name. */
export interface Store {
  /** At most a thousand names with a beginning, in order, after one. */
  list(
    beginning: string,
    after?: string,
  ): Promise<{ readonly names: readonly string[]; readonly more: boolean }>
  read(name: string): Promise<string>
  write(name: string, text: string): Promise<void>
}

import type { ConnectionId, OrderId } from '../../schemas/canonical/identity.ts'

/** Finds and erases personal data of orders. Reading it goes through `Ledger.open`. */
export interface Vault {
  /** Some of a channel's orders with personal data: one customer's or all. Continues from `cursor`. */
  find(
    whose: { readonly connection: ConnectionId; readonly customer?: string | undefined },
    cursor: string | undefined,
  ): Promise<{ readonly ids: readonly OrderId[]; readonly cursor?: string }>
  erase(id: OrderId): Promise<void>
}

/** Past events of orders, and their documents. */
export interface Past {
  /** Removes text by others about an erased order. Safe to repeat. */
  forget(id: OrderId): Promise<void>
}

import type { ConnectionId, OrderId } from '../../schemas/canonical/identity.ts'

/** Personal data of orders, for whoever has to find and to erase it. It is read with the order, by `Ledger.open`. */
export interface Vault {
  /** A part of a channel's orders that have people: those of one customer, or all. Goes on from `cursor`. */
  find(
    whose: { readonly connection: ConnectionId; readonly customer?: string | undefined },
    cursor: string | undefined,
  ): Promise<{ readonly ids: readonly OrderId[]; readonly cursor?: string }>
  erase(id: OrderId): Promise<void>
}

/** What happened to orders before now, and their documents. */
export interface Past {
  /** Takes what systems and people wrote about an erased order out of it. May be done again. */
  forget(id: OrderId): Promise<void>
}

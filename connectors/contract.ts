import type { z } from 'zod'
import type { Account } from '../domain/account.ts'
import { checkDuplicates, type DocumentsOf } from '../domain/effects/check-duplicates.ts'
import type { Effects } from '../domain/effects/effect.ts'
import type { Failure } from '../domain/failure.ts'
import type { ListingsCapability } from '../domain/listings/listings-capability.ts'
import type { Sweep } from '../domain/poll.ts'
import type { Delivery, Reading } from '../domain/reading.ts'
import type { Result } from '../domain/result.ts'
import type { Counts } from '../domain/stock/counts.ts'
import type { Order } from '../schemas/canonical/order.ts'
import type { Capability } from '../schemas/settings.ts'

/**
 * One vendor's integration. One folder under `connectors/` exports one of these, with the capabilities that its vendor has; the settings,
 * lanes, polls, permissions and alarms of a connection follow from them.
 */
export interface Connector extends Capabilities {
  /** The folder's name. */
  readonly id: string
  /** The vendor's own name, for people. */
  readonly title: string
  /** The fields a connection of this connector has in the settings. */
  readonly settings: z.ZodObject
  /** The hosts a connection may call; nothing else is reachable through its `send`. */
  hosts(settings: unknown): readonly string[]
  /** Requests at one time that the vendor bears from one connection: its lane's `maxConcurrency`, 2 to 1000. */
  readonly maxConcurrency: number
  /** Whether the vendor gives out tokens that expire: without it there is no place to keep one. @default false */
  readonly mintsTokens?: boolean
  /**
   * The account at the vendor, in the field of the settings that names it: only one connection may use it.
   * @default the settings do not tell two accounts apart
   */
  account?(settings: unknown): { readonly field: string; readonly is: string } | undefined
  /** Webhook topics an operator subscribes a connection to; empty when the vendor sends none. */
  readonly topics: readonly string[]
  /** The system may report through the Capability API too, and `read` gets the reports as it gets webhooks. @default false */
  readonly reports?: boolean
  /** Pure. Fails with `unreadable-payload` and never throws. Absent when the vendor sends nothing and is not polled. */
  read?(delivery: Delivery): Result<readonly Reading[], Failure>
  /** Absent when the vendor cannot be asked for what changed. */
  readonly sweep?: Sweep
  /** Absent when the vendor cannot be asked for the stock at its locations. */
  readonly counts?: Counts
  /** What the settings of a connection leave of the capabilities. @default all of them */
  capabilitiesFor?(settings: unknown): Capabilities
}

/** What a vendor can do for a retailer. A connector has at least one. */
export interface Capabilities {
  readonly orders?: Orders
  readonly accounting?: Accounting
  readonly fulfilment?: Fulfilment
  readonly listings?: ListingsCapability
}

/** It sells: orders come from it. */
interface Orders {
  /** What it can be asked to do with an order; empty when it takes no requests. */
  readonly effects: Pick<Effects, 'accept-order' | 'confirm-shipment' | 'cancel-sale'>
  /** Its orders come through the Capability API, and `read` gets them as they were submitted. @default false */
  readonly submissions?: boolean
  /**
   * Days after the last parcel for which the channel's terms let personal data of its orders be kept; settings may only
   * shorten them.
   * @default the settings decide
   */
  readonly peopleDays?: number
  /** The channel's order id in a body that `read` refused, when one can still be made out. */
  nameOf?(body: string): string | undefined
  /**
   * The order as the channel has it now; `undefined` when it has none. Absent when the channel cannot be asked: of two bodies
   * of one version the one received last holds.
   */
  fetchOrder?(account: Account, channelOrderId: string): Promise<Result<Order | undefined, Failure>>
}

/** It keeps the books: sales orders and shipments are posted to it. */
interface Accounting {
  readonly effects: Pick<Effects, 'create-order' | 'amend-order' | 'cancel-order' | 'post-shipment'>
  /**
   * Where the system lets several sales orders carry one reference: asked a day after a creation was in doubt, because a request
   * that its caller gave up on may still be carried out.
   * @default the system refuses or merges a duplicate
   */
  readonly documentsOf?: DocumentsOf
}

/** It sends the goods: orders are released to it, and it reports parcels. */
interface Fulfilment {
  readonly effects: Pick<Effects, 'release-order' | 'amend-release' | 'cancel-release'>
}

/** The capabilities of one connection, as its settings leave them. */
export const capabilitiesOf = (connector: Connector, settings: unknown): Capabilities =>
  connector.capabilitiesFor?.(settings) ?? connector

/** Their names, always in the same order. */
export const capabilityNames = (capabilities: Capabilities): Capability[] =>
  Object.keys(byName).filter((name): name is Capability => name in capabilities)

const byName: Readonly<Record<Capability, true>> = {
  orders: true,
  accounting: true,
  fulfilment: true,
  listings: true,
}

/** Everything that one connection's system can be asked to do. */
export const effectsOf = ({ orders, accounting, fulfilment }: Capabilities): Effects => ({
  ...orders?.effects,
  ...accounting?.effects,
  ...(accounting?.documentsOf && { 'check-duplicates': checkDuplicates(accounting.documentsOf) }),
  ...fulfilment?.effects,
})

import type { Failure } from '../domain/failure.ts'
import type { Selling } from '../domain/listings/selling.ts'
import type { Account, Delivery, Plug, Reading } from '../domain/plug.ts'
import type { Result } from '../domain/result.ts'
import type { Order } from '../schemas/canonical/order.ts'

/** A place that sells. One folder under `connectors/` exports one of these. */
export interface Channel extends Plug {
  readonly kind: 'channel'
  /** Webhook topics an operator subscribes this connection to. */
  readonly topics: readonly string[]
  /** Its orders come through the Capability API, and `read` gets them as they were submitted. @default false */
  readonly submissions?: boolean
  /**
   * The account at the vendor, in the field of the settings that names it: only one connection may be of it.
   * @default the settings do not tell two accounts apart
   */
  account?(settings: unknown): { readonly field: string; readonly is: string } | undefined
  /** Absent when the channel cannot be told what it may sell. */
  readonly stock?: Selling
  /**
   * Days after the last parcel for which the channel's terms let personal data of its orders be kept; settings may only
   * shorten them.
   * @default the settings decide
   */
  readonly peopleDays?: number
  /** Pure. Fails with `unreadable-payload` and never throws. */
  read(delivery: Delivery): Result<readonly Reading[], Failure>
  /** The channel's order id in a body that `read` refused, when one can still be made out. */
  nameOf?(body: string): string | undefined
  /**
   * The order as the channel has it now; `undefined` when it has none. Absent when the channel cannot be asked: of two bodies
   * of one version the one received last holds.
   */
  fetchOrder?(account: Account, channelOrderId: string): Promise<Result<Order | undefined, Failure>>
}

/** One that can be asked for an order. */
export type AskableChannel = Channel & Required<Pick<Channel, 'fetchOrder'>>

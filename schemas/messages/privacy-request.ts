import { z } from 'zod'
import { ConnectionId, OrderId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'

/** A request about personal data by a customer, a channel on their behalf, or an API caller. */
export const PrivacyRequest = z.object({
  /** Identifies the request: the same id is the same work. Part of file names. */
  id: z.string().regex(/^[\w.-]{1,200}$/),
  kind: z.enum(['erasure', 'disclosure']),
  /** The channel of the orders. */
  connection: ConnectionId,
  /** The account that the request names; it must be the connection's. @default none */
  account: z.string().optional(),
  /** The customers of these orders, a customer by the channel's id, or, without either, all customers. */
  orders: z.array(OrderId).optional(),
  customer: z.string().min(1).optional(),
  /** Who requested it: a connection, or an API caller. */
  by: z.string(),
  askedAt: Instant,
})
export type PrivacyRequest = z.infer<typeof PrivacyRequest>

/** The request and its progress. No personal data except the channel's id of the customer. */
export const PrivacyWork = PrivacyRequest.extend({
  /** `find`: searching orders; `messages`: searching their messages. */
  step: z.enum(['find', 'messages']),
  /** Where the step continues. */
  cursor: z.string().optional(),
  found: z.array(OrderId),
  /** Orders, messages and files from which something was erased. */
  erased: z.object({ orders: z.int(), messages: z.int(), disclosures: z.int() }),
})
export type PrivacyWork = z.infer<typeof PrivacyWork>

/** A request before its first step. */
export const untouched = (request: PrivacyRequest): PrivacyWork => ({
  ...request,
  step: 'find',
  found: [],
  erased: { orders: 0, messages: 0, disclosures: 0 },
})

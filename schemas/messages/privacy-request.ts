import { z } from 'zod'
import { ConnectionId, OrderId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'

/** What a customer, a channel on their behalf, or a person at the API asks to be done with personal data. */
export const PrivacyRequest = z.object({
  /** Names the request: the same one again is the same work. Part of file names. */
  id: z.string().regex(/^[\w.-]{1,200}$/),
  kind: z.enum(['erasure', 'disclosure']),
  /** The channel whose orders it is about. */
  connection: ConnectionId,
  /** The account that the request itself names. It has to be the connection's. @default none is named */
  account: z.string().optional(),
  /** Whom it is about: the customers of these orders, a customer by the channel's id, or, with neither, everybody. */
  orders: z.array(OrderId).optional(),
  customer: z.string().min(1).optional(),
  /** Who asked: a connection, or a caller of the API. */
  by: z.string(),
  askedAt: Instant,
})
export type PrivacyRequest = z.infer<typeof PrivacyRequest>

/** The request with how far its work has come. No personal data but the channel's id of the customer. */
export const PrivacyWork = PrivacyRequest.extend({
  /** `find`: orders are looked for; `messages`: their messages. */
  step: z.enum(['find', 'messages']),
  /** Where the step goes on. */
  cursor: z.string().optional(),
  found: z.array(OrderId),
  /** Orders, messages and files from which something was erased. */
  erased: z.object({ orders: z.int(), messages: z.int(), disclosures: z.int() }),
})
export type PrivacyWork = z.infer<typeof PrivacyWork>

/** A request whose work has not begun. */
export const untouched = (request: PrivacyRequest): PrivacyWork => ({
  ...request,
  step: 'find',
  found: [],
  erased: { orders: 0, messages: 0, disclosures: 0 },
})

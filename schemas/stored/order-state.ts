import { z } from 'zod'
import { ConnectionId, OrderId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'
import { Currency, Minor } from '../canonical/money.ts'
import { Shipment } from '../canonical/shipment.ts'
import { ExceptionCode, ExceptionOwner } from '../events/exception.ts'
import {
  EffectName,
  LedgerLine,
  Problem,
  Reference,
  Route,
  Version,
} from '../events/order-event.ts'

/**
 * One effect on one system, in the ledger before it is a request.
 * `pending → sent(epoch) → done | refused | doubt`; a claim raises the epoch, and an outcome that carries an
 * older one changes nothing. `withdrawn` was never sent and never will be.
 */
export const Intent = z.object({
  effect: EffectName,
  connection: ConnectionId,
  shipmentId: z.string().optional(),
  state: z.enum(['pending', 'sent', 'doubt', 'done', 'refused', 'withdrawn']),
  epoch: z.int(),
  attempts: z.int(),
  /** How often the sweeper had to ask again. */
  nudges: z.int(),
  /** When the sweeper asks again if nothing happened; absent once it is over. */
  wakeAt: Instant.optional(),
  notBefore: Instant.optional(),
  leaseUntil: Instant.optional(),
  look: z.boolean().optional(),
  reference: Reference.optional(),
  /** What the last failed attempt said. */
  trouble: z.string().optional(),
})
export type Intent = z.infer<typeof Intent>

export const Exception = z.object({
  code: ExceptionCode,
  subject: z.string(),
  owner: ExceptionOwner,
  reason: z.string(),
  raisedAt: Instant,
  deadline: Instant,
})
export type Exception = z.infer<typeof Exception>

/** The ledger's memory of one order: small, without personal data, replaced as a whole under a revision. */
export const OrderState = z.object({
  id: OrderId,
  connection: ConnectionId,
  rev: z.int(),
  /** Absent until a snapshot of the order has been seen. */
  seen: Version.extend({
    number: z.string(),
    currency: Currency,
    total: Minor,
    country: z.string().optional(),
    /** The digest other systems were given; amendments after posting are judged against it. */
    posted: z.string(),
  }).optional(),
  route: Route.optional(),
  /** When the settings are asked for a route again. */
  routeAt: Instant.optional(),
  lines: z.array(LedgerLine),
  problems: z.array(Problem),
  cancelRequestedAt: Instant.optional(),
  cancelReason: z.string().optional(),
  cancelledAt: Instant.optional(),
  intents: z.record(z.string(), Intent),
  shipments: z.record(z.string(), Shipment),
  exceptions: z.record(z.string(), Exception),
  /** Open and finished stages; `scored` has had its one point. */
  stages: z.record(
    z.string(),
    z.object({ dueAt: Instant, scored: z.boolean(), closed: z.boolean() }),
  ),
  kept: z.record(z.string(), z.string()),
})
export type OrderState = z.infer<typeof OrderState>

import { z } from 'zod'
import { ConnectionId, OrderId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'
import { Currency, Minor } from '../canonical/money.ts'
import { Reference } from '../canonical/reference.ts'
import { Shipment } from '../canonical/shipment.ts'
import { ExceptionCode, ExceptionOwner } from '../events/exception.ts'
import {
  Called,
  EffectName,
  LineArticles,
  Problem,
  Route,
  SoldLine,
  Terms,
  Version,
} from '../events/order-event.ts'
import { Place } from './stock.ts'
import { kept, storedObject } from './stored-object.ts'

/**
 * A line in the ledger, in units sold. Always `ordered = cancelled + shipped + assignedToChannel + still to ship`, and
 * units the channel removed are cancelled or refunded.
 */
export const LedgerLine = kept(SoldLine).extend({
  /** Units that the channel will report as removed once it knows what we cancelled. */
  cancelledHere: z.int(),
  /** How many of those were reported to the channel. */
  cancelReported: z.int(),
  /** Units cancelled before they left. */
  cancelled: z.int(),
  /** Units refunded after they left. */
  refunded: z.int(),
  released: z.int(),
  /** Units in the last request to the warehouse, including those that had left. */
  requested: z.int().optional(),
  shipped: z.int(),
  /** Units still to ship without stock. */
  backordered: z.int(),
  /** Units that left before the release in force. */
  shippedEarlier: z.int(),
  called: kept(Called.omit({ id: true })).optional(),
  /** Units of a bundle's components that left, by the warehouse's SKU. */
  parts: z.record(z.string(), z.int()).optional(),
  /** Units that may leave, including those that have; absent if not stocked. */
  allocated: z.int().optional(),
})
export type LedgerLine = z.infer<typeof LedgerLine>

/**
 * One effect at one system, recorded before its request. `pending → sent(epoch) → done | refused | doubt`. A claim
 * raises the epoch; an outcome with an older one changes nothing. `withdrawn` was never sent.
 */
export const Intent = storedObject({
  effect: EffectName,
  connection: ConnectionId,
  shipmentId: z.string().optional(),
  state: z.enum(['pending', 'sent', 'doubt', 'done', 'refused', 'withdrawn']),
  epoch: z.int(),
  attempts: z.int(),
  /** How often the sweeper requested it again. */
  resends: z.int(),
  /** When the sweeper requests it again if nothing happens; absent once it is over. */
  wakeAt: Instant.optional(),
  notBefore: Instant.optional(),
  /** One of its hints waits until then; others need not. */
  awaitedUntil: Instant.optional(),
  leaseUntil: Instant.optional(),
  look: z.boolean().optional(),
  /** What the system has if the current attempt succeeds. */
  acknowledged: z.string().optional(),
  /** What it has if an earlier attempt with an unknown outcome succeeded. */
  maybeAcknowledged: z.string().optional(),
  reference: kept(Reference).optional(),
  /** The reason of the last failed attempt. */
  trouble: z.string().optional(),
  /** An attempt got no answer, so its request may still be carried out. */
  doubted: z.literal(true).optional(),
  /** The vendor's ids of what unfinished attempts have written, by step. */
  steps: z.record(z.string(), z.string()).optional(),
})
export type Intent = z.infer<typeof Intent>

/** Units of an article at a place: reserved for the order, and shipped. */
export const Holding = Place.extend({ reserved: z.int(), left: z.int() })
export type Holding = z.infer<typeof Holding>

export const Exception = storedObject({
  code: ExceptionCode,
  subject: z.string(),
  owner: ExceptionOwner,
  reason: z.string(),
  raisedAt: Instant,
  deadline: Instant,
})
export type Exception = z.infer<typeof Exception>

/** The order's part of the stock ledger, changed only together with the order. */
export const OrderStock = storedObject({
  /** The warehouse's articles per unit of each line, for the SKU it had then; only counted ones. */
  articles: z.record(z.string(), LineArticles),
  reservations: z.array(Holding),
  /** Missing units by line. */
  short: z.array(storedObject({ id: z.string(), units: z.int().positive() })),
  /** Nothing leaves before everything is available. */
  whole: z.boolean(),
  /** Since when it waits for missing units. */
  since: Instant.optional(),
  /** When it is checked again without a hint: missing units, or the end of a reservation. */
  wakeAt: Instant.optional(),
})
export type OrderStock = z.infer<typeof OrderStock>

/** Raised when stored data changes in a way that a reader must know; additions do not count (docs/upgrading.md). */
export const schemaVersion = 1

/** The ledger's state of one order: small, without personal data, replaced as a whole under a revision. */
export const OrderState = storedObject({
  /** The newest `schemaVersion` that wrote it. @default 1 */
  schema: z.int().optional(),
  id: OrderId,
  connection: ConnectionId,
  rev: z.int(),
  /** Absent until the first snapshot. */
  seen: kept(Version)
    .extend({
      number: z.string(),
      currency: Currency,
      total: Minor,
      country: z.string().optional(),
      terms: Terms,
      awaiting: z.boolean(),
    })
    .optional(),
  /** A person edited the document: a new snapshot gets the edits that still apply. */
  edited: z.literal(true).optional(),
  /** Its personal data was erased on request; later messages do not restore it. */
  erased: storedObject({ at: Instant, request: z.string() }).optional(),
  /**
   * What each system has of this order, as a desired digest: if it differs from the current one, the order is amended
   * there.
   */
  acknowledged: storedObject({
    erp: z.string().optional(),
    wms: z.string().optional(),
    /** How the ERP's document differs from the request. */
    mismatch: z.string().optional(),
  }),
  route: kept(Route).optional(),
  /** When the settings are checked for a route again. */
  routeAt: Instant.optional(),
  lines: z.array(LedgerLine),
  problems: z.array(kept(Problem)),
  cancelRequestedAt: Instant.optional(),
  cancelReason: z.string().optional(),
  cancelledBy: z.enum(['channel', 'person']).optional(),
  cancelledAt: Instant.optional(),
  /** A person's hold, with the reason. */
  held: z.string().optional(),
  /** The warehouse's last notice about whether it can continue. */
  warehouse: storedObject({ held: z.boolean(), reason: z.string(), since: z.string() }).optional(),
  backorder: z
    .object({
      since: Instant,
      expectedAt: Instant.optional(),
      lines: z.array(storedObject({ sku: z.string(), quantity: z.int() })),
    })
    .optional(),
  stock: OrderStock.optional(),
  /** Completed releases that were followed by another. @default 0 */
  completed: z.int().optional(),
  intents: z.record(z.string(), Intent),
  shipments: z.record(z.string(), kept(Shipment)),
  /** By parcel: address, method and note when it left, if known. */
  sentAs: z
    .record(
      z.string(),
      storedObject({
        parcel: z.string(),
        /** The order had already changed when it left. */
        late: z.literal(true).optional(),
      }),
    )
    .optional(),
  exceptions: z.record(z.string(), Exception),
  /** Open and finished stages; `scored` ones have been counted. */
  stages: z.record(
    z.string(),
    storedObject({ dueAt: Instant, scored: z.boolean(), closed: z.boolean() }),
  ),
  deferredFacts: z.record(z.string(), z.string()),
  /** Exceptions that a person resolved, with their reasons. */
  resolved: z.record(z.string(), z.string()),
  /** Ids of the last commands. */
  commands: z.array(z.string()),
})
export type OrderState = z.infer<typeof OrderState>

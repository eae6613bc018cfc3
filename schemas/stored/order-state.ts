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
 * What the ledger keeps of a line; quantities in units sold. At every moment
 * `ordered = cancelled + shipped + assignedToChannel + still to ship`, and what the channel removed is cancelled or refunded.
 */
export const LedgerLine = kept(SoldLine).extend({
  /** Units the channel will say were removed once it knows what we took back. */
  cancelledHere: z.int(),
  /** How many of those we told the channel of. */
  cancelReported: z.int(),
  /** Units taken back before they left. */
  cancelled: z.int(),
  /** Units taken back after they left. */
  refunded: z.int(),
  released: z.int(),
  /** Units that the last request to the warehouse was about, those that had left included. */
  requested: z.int().optional(),
  shipped: z.int(),
  /** Units still to ship that there is no stock for. */
  backordered: z.int(),
  /** Units that left before the release that is in force. */
  shippedEarlier: z.int(),
  called: kept(Called.omit({ id: true })).optional(),
  /** Units of a bundle's components that left, by what the warehouse calls them. */
  parts: z.record(z.string(), z.int()).optional(),
  /** Units that may leave, those that have left included; absent for what is not kept in stock. */
  allocated: z.int().optional(),
})
export type LedgerLine = z.infer<typeof LedgerLine>

/**
 * One effect on one system, in the ledger before it is a request.
 * `pending → sent(epoch) → done | refused | doubt`; a claim raises the epoch, and an outcome that carries an
 * older one changes nothing. `withdrawn` was never sent and never will be.
 */
export const Intent = storedObject({
  effect: EffectName,
  connection: ConnectionId,
  shipmentId: z.string().optional(),
  state: z.enum(['pending', 'sent', 'doubt', 'done', 'refused', 'withdrawn']),
  epoch: z.int(),
  attempts: z.int(),
  /** How often the sweeper had to ask again. */
  resends: z.int(),
  /** When the sweeper asks again if nothing happened; absent once it is over. */
  wakeAt: Instant.optional(),
  notBefore: Instant.optional(),
  /** One of its hints waits outside for so long; whoever is let in need not. */
  awaitedUntil: Instant.optional(),
  leaseUntil: Instant.optional(),
  look: z.boolean().optional(),
  /** What the system has when the attempt under way is what made it. */
  acknowledged: z.string().optional(),
  /** What it has when an earlier attempt, whose end is unknown, was. */
  maybeAcknowledged: z.string().optional(),
  reference: kept(Reference).optional(),
  /** What the last failed attempt said. */
  trouble: z.string().optional(),
  /** An attempt ended without an answer, so its request may still be carried out. */
  doubted: z.literal(true).optional(),
  /** The vendor's ids of what unfinished attempts have written, by step. */
  steps: z.record(z.string(), z.string()).optional(),
})
export type Intent = z.infer<typeof Intent>

/** Units of an article at a place: promised to the order and not gone, and gone. */
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

/** What the stock ledger has of an order, changed only together with it. */
export const OrderStock = storedObject({
  /** What one unit of each line is in the warehouse's words, as of the SKU it had then; only what is counted. */
  articles: z.record(z.string(), LineArticles),
  reservations: z.array(Holding),
  /** Units by line that were wanted and not there. */
  short: z.array(storedObject({ id: z.string(), units: z.int().positive() })),
  /** Nothing of it leaves before all of it is there. */
  whole: z.boolean(),
  /** Since when it waits for what is short. */
  since: Instant.optional(),
  /** When it is asked again without anybody's hint: what is short, or how long it may keep what it has. */
  wakeAt: Instant.optional(),
})
export type OrderStock = z.infer<typeof OrderStock>

/** Raised when what is stored changes in a way that a reader has to know of; additions are not (docs/upgrading.md). */
export const schemaVersion = 1

/** The ledger's memory of one order: small, without personal data, replaced as a whole under a revision. */
export const OrderState = storedObject({
  /** Of which `schemaVersion` the newest worker was that wrote it. @default 1 */
  schema: z.int().optional(),
  id: OrderId,
  connection: ConnectionId,
  rev: z.int(),
  /** Absent until a snapshot of the order has been seen. */
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
  /** A person changed something in the document: a new snapshot gets the edits that still hold. */
  edited: z.literal(true).optional(),
  /** Its personal data was erased on a request: no message brings any back. */
  erased: storedObject({ at: Instant, request: z.string() }).optional(),
  /** What each system has of this order, as `stands` writes it: when it differs from what stands now, it has to be amended. */
  acknowledged: storedObject({
    erp: z.string().optional(),
    wms: z.string().optional(),
    /** How the ERP's document differs from what it was asked for. */
    mismatch: z.string().optional(),
  }),
  route: kept(Route).optional(),
  /** When the settings are asked for a route again. */
  routeAt: Instant.optional(),
  lines: z.array(LedgerLine),
  problems: z.array(kept(Problem)),
  cancelRequestedAt: Instant.optional(),
  cancelReason: z.string().optional(),
  cancelledBy: z.enum(['channel', 'person']).optional(),
  cancelledAt: Instant.optional(),
  /** A person holds it, for this reason. */
  held: z.string().optional(),
  /** The last that the warehouse said about whether it can go on. */
  warehouse: storedObject({ held: z.boolean(), reason: z.string(), since: z.string() }).optional(),
  backorder: z
    .object({
      since: Instant,
      expectedAt: Instant.optional(),
      lines: z.array(storedObject({ sku: z.string(), quantity: z.int() })),
    })
    .optional(),
  stock: OrderStock.optional(),
  /** Releases of which everything left, and that another followed. @default 0 */
  completed: z.int().optional(),
  intents: z.record(z.string(), Intent),
  shipments: z.record(z.string(), kept(Shipment)),
  /** By parcel, where, how and with which note it was sent, when that is known. */
  sentAs: z
    .record(
      z.string(),
      storedObject({
        parcel: z.string(),
        /** The order had changed already when it left. */
        late: z.literal(true).optional(),
      }),
    )
    .optional(),
  exceptions: z.record(z.string(), Exception),
  /** Open and finished stages; `scored` has had its one point. */
  stages: z.record(
    z.string(),
    storedObject({ dueAt: Instant, scored: z.boolean(), closed: z.boolean() }),
  ),
  deferredFacts: z.record(z.string(), z.string()),
  /** Exceptions that a person resolved, with the reason each had. */
  resolved: z.record(z.string(), z.string()),
  /** The last commands, by id. */
  commands: z.array(z.string()),
})
export type OrderState = z.infer<typeof OrderState>

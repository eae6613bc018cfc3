import { z } from 'zod'
import { Command } from '../api/command.ts'
import { ConnectionId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'
import { Currency, Minor } from '../canonical/money.ts'
import { Reference } from '../canonical/reference.ts'
import { Shipment } from '../canonical/shipment.ts'
import { Place } from '../stored/stock.ts'
import { ExceptionCode, ExceptionOwner } from './exception.ts'

/** What Crossdock asks of systems. */
export const EffectName = z.enum([
  'accept-order',
  'create-order',
  'amend-order',
  'cancel-order',
  'post-shipment',
  'check-duplicates',
  'release-order',
  'amend-release',
  'cancel-release',
  'confirm-shipment',
  'cancel-sale',
])
export type EffectName = z.infer<typeof EffectName>

export const Route = z.object({ erp: ConnectionId, wms: ConnectionId })
export type Route = z.infer<typeof Route>

export const Problem = z.object({ code: ExceptionCode, reason: z.string() })
export type Problem = z.infer<typeof Problem>

/**
 * A snapshot's place among the versions of its order. `fetched` outranks `body` at the same version; `sole` is the
 * body of a channel from which orders cannot be fetched.
 */
export const Version = z.object({
  version: Instant,
  authority: z.enum(['body', 'fetched', 'sole']),
  /** Digest of the whole document. */
  digest: z.string(),
  /** When the body arrived; orders bodies of one version if the order cannot be fetched. */
  receivedAt: Instant.optional(),
})
export type Version = z.infer<typeof Version>

/** A system's name for a line, if not its SKU; its parcels are reported with it. */
export const Called = z.object({
  id: z.string(),
  sku: z.string().optional(),
  /** The components of one unit of a bundle there. */
  components: z.array(z.object({ sku: z.string(), quantity: z.int().positive() })).optional(),
})
export type Called = z.infer<typeof Called>

/** A line as the channel sold it; quantities in units. */
export const SoldLine = z.object({
  id: z.string(),
  sku: z.string().optional(),
  shippable: z.boolean(),
  ordered: z.int(),
  /** Units that the channel removed. */
  removed: z.int(),
  /** Units that the channel delivers itself; no warehouse gets them. */
  assignedToChannel: z.int(),
  /** How many of those the buyer has. */
  fulfilledByChannel: z.int(),
})
export type SoldLine = z.infer<typeof SoldLine>

/** A snapshot's consequences besides its terms. */
const standing = Version.extend({
  problems: z.array(Problem),
  /** The channel waits for our acceptance. */
  awaiting: z.boolean(),
})

/** Digests of what each kind of system is sent, without quantities. */
export const Terms = z.object({
  erp: z.string(),
  wms: z.string(),
  /** Shipping address and method, then the note. */
  parcel: z.string().optional(),
  /** Minor units by which the channel's total of the remaining units is off because of its own rounding. */
  rounding: Minor.optional(),
})
export type Terms = z.infer<typeof Terms>

const terms = standing.extend({
  terms: Terms,
  number: z.string(),
  currency: Currency,
  total: Minor,
  /** Destination country, stored without the address because routes may depend on it. */
  country: z.string().optional(),
  lines: z.array(SoldLine),
  route: Route.optional(),
})

const intent = { intentId: z.string() }
const done = {
  ...intent,
  connection: ConnectionId,
  reference: Reference,
  /** What the system has now, as a desired digest; absent for effects that do not change it. */
  acknowledged: z.string().optional(),
}
const about = { code: ExceptionCode, subject: z.string() }
const stage = { stage: z.string(), connection: ConnectionId, dueAt: Instant }

/** The articles of one unit of a line at its warehouse, for the SKU that the line had then. */
export const LineArticles = z.object({
  sku: z.string(),
  parts: z.array(z.object({ sku: z.string(), per: z.int().positive() })),
})
export type LineArticles = z.infer<typeof LineArticles>

/** Units of an article at a place. */
const Portion = Place.extend({ units: z.int().positive() })
export type Portion = z.infer<typeof Portion>

const portions = { portions: z.array(Portion) }

/** Everything that can happen to an order. The ledger's state is a fold over these events. */
export const OrderEvent = z.discriminatedUnion('type', [
  terms.extend({ type: z.literal('order.captured'), receivedAt: Instant }),
  terms.extend({ type: z.literal('order.amended') }),
  /** A person edited a field; old and new value are stored with the personal data. */
  terms.extend({
    type: z.literal('order.edited'),
    id: z.string(),
    by: z.string(),
    field: z.string(),
    reason: z.string(),
  }),
  /** A newer version without changes for other systems. */
  standing.extend({ type: z.literal('order.seen') }),
  /** A route in the settings matches now. */
  z.object({ type: z.literal('order.routed'), route: Route }),
  /** No route matched; the settings are checked again at `nextAt`. */
  z.object({ type: z.literal('route.sought'), nextAt: Instant }),
  z.object({
    type: z.literal('order.cancel-requested'),
    requestedAt: Instant,
    by: z.enum(['channel', 'person']),
    reason: z.string().optional(),
  }),
  z.object({ type: z.literal('order.cancelled'), reason: z.string().optional() }),
  /** Units cancelled here; `removed` is what the channel will report once it knows. */
  z.object({
    type: z.literal('lines.withdrawn'),
    lines: z.array(z.object({ id: z.string(), removed: z.int() })),
    reason: z.string(),
  }),
  z.object({ type: z.literal('order.held'), reason: z.string() }),
  z.object({ type: z.literal('order.resumed') }),
  /** Its personal data was erased by this request. */
  z.object({ type: z.literal('people.erased'), request: z.string(), by: z.string() }),
  /** The audit record of a command; its consequences are events of their own. */
  z.object({
    type: z.literal('command.given'),
    id: z.string(),
    by: z.string(),
    command: Command,
  }),

  z.object({
    type: z.literal('effect.requested'),
    ...intent,
    effect: EffectName,
    connection: ConnectionId,
    shipmentId: z.string().optional(),
    wakeAt: Instant,
  }),
  /** Requested for `notBefore`, not now. */
  z.object({
    type: z.literal('effect.scheduled'),
    ...intent,
    effect: EffectName,
    connection: ConnectionId,
    notBefore: Instant,
  }),
  /** What an attempt has written so far: the vendor's ids, by the connector's step names. */
  z.object({
    type: z.literal('effect.advanced'),
    ...intent,
    steps: z.record(z.string(), z.string()),
  }),
  z.object({
    type: z.literal('effect.sent'),
    ...intent,
    epoch: z.int(),
    leaseUntil: Instant,
    /** The worker must first look for the result of an earlier attempt. */
    look: z.boolean(),
    /** What the system will have when this is done. */
    acknowledged: z.string().optional(),
    called: z.array(Called).optional(),
  }),
  /** To be tried again now. */
  z.object({ type: z.literal('effect.woken'), ...intent }),
  /** No longer needed, and it did not happen. */
  z.object({ type: z.literal('effect.withdrawn'), ...intent }),
  z.object({
    type: z.literal('effect.postponed'),
    ...intent,
    attempts: z.int(),
    notBefore: Instant,
    reason: z.string(),
  }),
  /** Its connection's breaker is open: one hint returns at `until`, and no other waits. */
  z.object({ type: z.literal('effect.deferred'), ...intent, until: Instant }),
  z.object({
    type: z.literal('effect.doubted'),
    ...intent,
    connection: ConnectionId,
    notBefore: Instant,
    reason: z.string(),
  }),
  z.object({ type: z.literal('effect.refused'), ...intent, reason: z.string() }),

  z.object({ type: z.literal('order.accepted'), ...done }),
  z.object({ type: z.literal('order.withdrawn'), ...done }),
  z.object({ type: z.literal('amendment.posted'), ...done }),
  z.object({ type: z.literal('duplicates.checked'), ...done }),
  z.object({ type: z.literal('order.released'), ...done }),
  z.object({ type: z.literal('release.amended'), ...done }),
  z.object({ type: z.literal('release.cancelled'), ...done }),
  z.object({ type: z.literal('sale.accepted'), ...done }),
  z.object({ type: z.literal('sale.cancelled'), ...done }),
  z.object({ type: z.literal('shipment.posted'), ...done }),
  z.object({ type: z.literal('shipment.published'), ...done }),

  z.object({
    type: z.literal('shipment.confirmed'),
    connection: ConnectionId,
    shipment: Shipment,
    /** Not part of the release in force: it left under an earlier one, or before any. */
    earlier: z.literal(true).optional(),
    /** What the warehouse had of the order when it left, as a desired digest. */
    acknowledged: z.string().optional(),
  }),
  /** A later report without changes. */
  z.object({ type: z.literal('shipment.seen'), shipmentId: z.string(), revisedAt: Instant }),
  /** A later report of the same parcel, which replaces the earlier one. */
  z.object({ type: z.literal('shipment.corrected'), connection: ConnectionId, shipment: Shipment }),
  /** The warehouse stopped or continues. */
  z.object({
    type: z.literal('release.held'),
    connection: ConnectionId,
    reason: z.string(),
    since: z.string(),
  }),
  z.object({ type: z.literal('release.resumed'), connection: ConnectionId, since: z.string() }),
  /** All units that the warehouse has no stock for, as of `since`. */
  z.object({
    type: z.literal('release.backordered'),
    connection: ConnectionId,
    since: Instant,
    expectedAt: Instant.optional(),
    lines: z.array(z.object({ sku: z.string(), quantity: z.int() })),
  }),

  /** Everything in the release has left, and more is to be shipped: another release follows. */
  z.object({ type: z.literal('release.completed') }),

  /** The articles of its lines, and which of them are missing. */
  z.object({
    type: z.literal('stock.sought'),
    articles: z.record(z.string(), LineArticles),
    short: z.array(z.object({ id: z.string(), units: z.int().positive() })),
    whole: z.boolean(),
    wakeAt: Instant.optional(),
  }),
  z.object({ type: z.literal('stock.reserved'), ...portions }),
  z.object({ type: z.literal('stock.released'), ...portions }),
  /** Units left; their reservation ends. */
  z.object({ type: z.literal('stock.consumed'), ...portions }),
  /** A parcel turned out not to contain them. */
  z.object({ type: z.literal('stock.returned'), ...portions }),

  z.object({
    type: z.literal('exception.raised'),
    ...about,
    connection: ConnectionId,
    owner: ExceptionOwner,
    reason: z.string(),
    deadline: Instant,
  }),
  z.object({ type: z.literal('exception.cleared'), ...about }),
  /** A person dealt with it: it stays closed as long as its reason is the same. */
  z.object({ type: z.literal('exception.resolved'), ...about, reason: z.string() }),

  z.object({ type: z.literal('stage.opened'), ...stage }),
  z.object({ type: z.literal('stage.met'), ...stage }),
  z.object({
    type: z.literal('stage.missed'),
    ...stage,
    /** The connection whose answer was missing. */
    waitedFor: ConnectionId.optional(),
  }),
  z.object({ type: z.literal('stage.closed'), stage: z.string() }),

  /** A fact that arrived before what it is about. `fact` is its JSON. */
  z.object({
    type: z.literal('fact.kept'),
    connection: ConnectionId,
    key: z.string(),
    fact: z.string(),
  }),
  z.object({ type: z.literal('fact.used'), key: z.string() }),
])
export type OrderEvent = z.infer<typeof OrderEvent>
export type OrderEventType = OrderEvent['type']

import { z } from 'zod'
import { ConnectionId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'
import { Currency, Minor } from '../canonical/money.ts'
import { Shipment } from '../canonical/shipment.ts'
import { ExceptionCode, ExceptionOwner } from './exception.ts'

/**
 * What Crossdock asks of systems. Of a channel: `accept-order`, `confirm-shipment`, `cancel-sale`. Of an ERP:
 * `create-order`, `amend-order`, `cancel-order`, `post-shipment`. Of a warehouse: `release-order`, `amend-release`,
 * `cancel-release`.
 */
export const EffectName = z.enum([
  'accept-order',
  'create-order',
  'amend-order',
  'cancel-order',
  'post-shipment',
  'release-order',
  'amend-release',
  'cancel-release',
  'confirm-shipment',
  'cancel-sale',
])
export type EffectName = z.infer<typeof EffectName>

/** What a system calls the thing it made: its internal id, and the number people use when it is another. */
export const Reference = z.object({
  id: z.string(),
  number: z.string().optional(),
  /** How the system's document differs from what it was asked for, in words for finance: it stands, but somebody has to look. */
  differs: z.string().optional(),
})
export type Reference = z.infer<typeof Reference>

export const Route = z.object({ erp: ConnectionId, wms: ConnectionId })
export type Route = z.infer<typeof Route>

export const Problem = z.object({ code: ExceptionCode, reason: z.string() })
export type Problem = z.infer<typeof Problem>

/** A snapshot's place among the versions of its order. `fetched` outranks `body` at the same version. */
export const Version = z.object({
  version: Instant,
  authority: z.enum(['body', 'fetched']),
  /** Digest of what would matter to another system. */
  digest: z.string(),
})
export type Version = z.infer<typeof Version>

/** What the ledger keeps of a line; quantities in units sold. */
export const LedgerLine = z.object({
  id: z.string(),
  sku: z.string().optional(),
  shippable: z.boolean(),
  ordered: z.int(),
  cancelled: z.int(),
  released: z.int(),
  shipped: z.int(),
})
export type LedgerLine = z.infer<typeof LedgerLine>

const terms = Version.extend({
  number: z.string(),
  currency: Currency,
  total: Minor,
  /** Where it ships to: what routes may depend on, kept without the address. */
  country: z.string().optional(),
  lines: z.array(LedgerLine),
  route: Route.optional(),
  problems: z.array(Problem),
})

const intent = { intentId: z.string() }
const done = { ...intent, connection: ConnectionId, reference: Reference }
const about = { code: ExceptionCode, subject: z.string() }
const stage = { stage: z.string(), connection: ConnectionId, dueAt: Instant }

/** Everything that can happen to an order. The ledger's state is the fold of these. */
export const OrderEvent = z.discriminatedUnion('type', [
  terms.extend({ type: z.literal('order.captured'), receivedAt: Instant }),
  terms.extend({ type: z.literal('order.amended') }),
  /** A newer version with nothing in it for other systems. */
  Version.extend({ type: z.literal('order.seen'), problems: z.array(Problem) }),
  /** A route in the settings matches now. */
  z.object({ type: z.literal('order.routed'), route: Route }),
  /** No route matched; the settings are asked again at `nextAt`. */
  z.object({ type: z.literal('route.sought'), nextAt: Instant }),
  z.object({
    type: z.literal('order.cancel-requested'),
    requestedAt: Instant,
    reason: z.string().optional(),
  }),
  z.object({ type: z.literal('order.cancelled'), reason: z.string().optional() }),

  z.object({
    type: z.literal('effect.requested'),
    ...intent,
    effect: EffectName,
    connection: ConnectionId,
    shipmentId: z.string().optional(),
    wakeAt: Instant,
  }),
  z.object({
    type: z.literal('effect.sent'),
    ...intent,
    epoch: z.int(),
    leaseUntil: Instant,
    /** The worker has to look for the result of an earlier attempt first. */
    look: z.boolean(),
  }),
  z.object({
    type: z.literal('effect.postponed'),
    ...intent,
    attempts: z.int(),
    notBefore: Instant,
    reason: z.string(),
  }),
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
  z.object({ type: z.literal('order.released'), ...done }),
  z.object({ type: z.literal('release.amended'), ...done }),
  z.object({ type: z.literal('release.cancelled'), ...done }),
  z.object({ type: z.literal('sale.accepted'), ...done }),
  z.object({ type: z.literal('sale.cancelled'), ...done }),
  z.object({ type: z.literal('shipment.posted'), ...done }),
  z.object({ type: z.literal('shipment.published'), ...done }),

  z.object({ type: z.literal('shipment.confirmed'), connection: ConnectionId, shipment: Shipment }),

  z.object({
    type: z.literal('exception.raised'),
    ...about,
    connection: ConnectionId,
    owner: ExceptionOwner,
    reason: z.string(),
    deadline: Instant,
  }),
  z.object({ type: z.literal('exception.cleared'), ...about }),

  z.object({ type: z.literal('stage.opened'), ...stage }),
  z.object({ type: z.literal('stage.met'), ...stage }),
  z.object({ type: z.literal('stage.missed'), ...stage }),
  z.object({ type: z.literal('stage.closed'), stage: z.string() }),

  /** A fact that came before what it is about. `fact` is its JSON. */
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

import { z } from 'zod'
import { minorUnits } from '../../domain/money.ts'
import { toShip } from '../../domain/order/lines.ts'
import { orderIdOf } from '../../domain/order/order-id.ts'
import { isAccepted, isOpen, needsWarehouse, releaseOf } from '../../domain/order/state.ts'
import type { ConnectionId, OrderId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import type { HostedTwin } from '../twins/twin-host.ts'

/** What the promises come to, counted at the twins and in the ledger. */
export interface Proof {
  readonly captured: number
  readonly erp: number
  readonly wms: number
  readonly shipped: number
  readonly confirmed: number
  /** Orders that stand as an exception, with a reason each. */
  readonly exceptions: number
  readonly cancelled: number
  /** Orders that are not done, and that something is tried about again by itself. */
  readonly waiting: number
  /** Orders at the channel that are nowhere, or got stuck without an exception. */
  readonly lost: number
  /** Documents at a system beyond the one that each order or parcel should have. */
  readonly duplicated: number
  /** Minor units by which the ERP's totals differ from the channel's. */
  readonly cents: number
  /** Units promised to orders, or sent off, beyond what lay on the warehouse's shelves. */
  readonly oversold: number
  readonly ok: boolean
}

const Sold = z.object({
  legacyResourceId: z.string(),
  currentTotalPriceSet: z.object({
    shopMoney: z.object({ amount: z.string(), currencyCode: z.string() }),
  }),
  fulfillments: z.array(
    z.object({ trackingInfo: z.array(z.object({ number: z.string().nullish() })).default([]) }),
  ),
})
const Posted = z.object({ externalId: z.string(), total: z.number() })
const Fulfilled = z.object({ externalId: z.string().nullish() })
const Warehoused = z.object({
  reference_id: z.string(),
  shipments: z.array(z.object({ id: z.number(), status: z.string() })),
})

const Shelved = z.object({
  sku: z.string(),
  locations: z.array(z.object({ on_hand_quantity: z.number() })),
})

export function prove(
  heads: readonly OrderState[],
  twins: readonly HostedTwin[],
  now: Instant,
): Proof {
  const sold = soldAt(twins)
  const posted = documents(twins, 'netsuite', 'salesOrders', Posted)
  const fulfilled = documents(twins, 'netsuite', 'itemFulfillments', Fulfilled)
  const warehoused = documents(twins, 'shipbob', 'orders', Warehoused)
  const inErp = countBy(posted.map(({ externalId }) => externalId))
  const releases = countBy(warehoused.map(({ reference_id }) => reference_id))
  const atWms = countBy(warehoused.map(({ reference_id }) => orderIn(reference_id)))

  const known = heads.filter(({ seen }) => seen)
  const confirmed = known.filter((head) => needsWarehouse(head) && isConfirmed(head))
  const shipped = known.filter(
    (head) => needsWarehouse(head) && head.lines.every((line) => toShip(line) === 0),
  )
  const excess = (counts: ReadonlyMap<string, number>): number =>
    [...counts.values()].reduce((sum, n) => sum + n - 1, 0)
  const duplicated =
    excess(inErp) +
    excess(releases) +
    excess(countBy(fulfilled.flatMap(({ externalId }) => externalId ?? []))) +
    [...sold.values()].reduce((sum, { trackings }) => sum + excess(countBy(trackings)), 0)

  const ids = new Set([...sold.keys(), ...heads.map(({ id }) => id)])
  const byId = new Map<string, OrderState>(heads.map((head) => [head.id, head]))
  const undone = [...ids].filter((id) => !isDone(byId.get(id), { inErp, atWms, id }))
  const waiting = undone.filter((id) => isTriedAgain(byId.get(id), now)).length
  const lost = undone.length - waiting
  const cents = posted.reduce((sum, { externalId, total }) => {
    const head = byId.get(externalId)
    const due = sold.get(externalId)?.minor ?? head?.seen?.total
    if (due === undefined || !head?.seen || head.cancelledAt) return sum
    // A difference that stands as an exception is explained.
    if (Object.keys(head.exceptions).length > 0) return sum
    const at = minorUnits(String(total), head.seen.currency)
    return sum + (at.ok ? Math.abs(at.value - due) : Math.abs(due))
  }, 0)

  const counts = {
    captured: known.length,
    erp: inErp.size,
    wms: atWms.size,
    shipped: shipped.length,
    confirmed: confirmed.length,
    exceptions: heads.filter(({ exceptions }) => Object.keys(exceptions).length > 0).length,
    cancelled: heads.filter(({ cancelledAt }) => cancelledAt).length,
  }
  const oversold = promisedBeyond(heads, documents(twins, 'shipbob', 'inventory', Shelved))
  const ok = lost + duplicated + cents + oversold === 0
  return { ...counts, waiting, lost, duplicated, cents, oversold, ok }
}

/** What left more often than it was there lies on the shelf less than not at all. */
function promisedBeyond(
  heads: readonly OrderState[],
  shelves: readonly z.infer<typeof Shelved>[],
): number {
  const holdings = heads.flatMap(({ stock }) => stock?.held ?? [])
  return shelves.reduce((sum, { sku, locations }) => {
    const onHand = locations.reduce((units, one) => units + one.on_hand_quantity, 0)
    const promised = holdings.filter((one) => one.sku === sku)
    return sum + Math.max(0, promised.reduce((units, one) => units + one.reserved, 0) - onHand)
  }, 0)
}

/** Whatever systems it went to, it is there, or it stands somewhere with a reason. */
function isDone(
  head: OrderState | undefined,
  { inErp, atWms, id }: Counts & { readonly id: string },
): boolean {
  if (!head) return false
  if (Object.keys(head.exceptions).length > 0 || head.cancelledAt) return true
  const { erp = '', wms = '' } = head.route ?? {}
  const posted = erp.startsWith('netsuite/') ? inErp.has(id) : isAccepted(head)
  if (!posted || !needsWarehouse(head)) return posted
  const released = wms.startsWith('shipbob/') ? atWms.has(id) : releaseOf(head)?.state === 'done'
  return released && isConfirmed(head)
}

/** The ledger asks again later for an effect that nobody has answered. */
const isTriedAgain = (head: OrderState | undefined, now: Instant): boolean =>
  Object.values(head?.intents ?? {}).some((intent) => isOpen(intent) && (intent.wakeAt ?? '') > now)

/** An order that was released anew has a reference for each round. */
const orderIn = (reference: string): string => reference.replace(/\.r\d+$/, '')

interface Counts {
  readonly inErp: ReadonlyMap<string, number>
  readonly atWms: ReadonlyMap<string, number>
}

/** Every unit left, and every parcel is known to the ERP and to the channel, if that can be told. */
const isConfirmed = ({ lines, shipments, intents }: OrderState): boolean =>
  lines.every((line) => toShip(line) === 0) &&
  Object.keys(shipments)
    .flatMap((id) => [intents[`post-shipment:${id}`], intents[`confirm-shipment:${id}`]])
    .every((intent) => intent === undefined || intent.state === 'done')

function soldAt(twins: readonly HostedTwin[]) {
  const orders = twins.flatMap(({ connection, twin }) => {
    if (connection.kind !== 'channel') return []
    const read = soldOrders[connection.plug]
    return read ? (twin.state()['orders'] ?? []).map((order) => read(connection.id, order)) : []
  })
  return new Map<string, (typeof orders)[number]>(orders.map((order) => [order.id, order]))
}

interface SoldOrder {
  readonly id: OrderId
  /** What is left of it, where that can be told without the channel's own rules. */
  readonly minor?: number | undefined
  readonly trackings: readonly string[]
}

/** How the twin of each kind of channel writes an order. */
const soldOrders: Readonly<
  Record<string, (connection: ConnectionId, document: unknown) => SoldOrder>
> = {
  shopify(connection, document) {
    const { legacyResourceId, currentTotalPriceSet, fulfillments } = Sold.parse(document)
    const { amount, currencyCode } = currentTotalPriceSet.shopMoney
    const minor = minorUnits(amount, currencyCode)
    return {
      id: orderIdOf(connection, legacyResourceId),
      minor: minor.ok ? minor.value : undefined,
      trackings: fulfillments.flatMap(({ trackingInfo }) =>
        trackingInfo.flatMap(({ number }) => number ?? []),
      ),
    }
  },
  mirakl: (connection, document) => ({
    id: orderIdOf(connection, MiraklOrder.parse(document).order_id),
    trackings: [],
  }),
}

const MiraklOrder = z.object({ order_id: z.string() })

function documents<T extends z.ZodType>(
  twins: readonly HostedTwin[],
  plug: string,
  kind: string,
  schema: T,
): z.infer<T>[] {
  return twins
    .filter(({ connection }) => connection.plug === plug)
    .flatMap(({ twin }) => (twin.state()[kind] ?? []).map((document) => schema.parse(document)))
}

function countBy(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

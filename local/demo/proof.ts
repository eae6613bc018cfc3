import { z } from 'zod'
import { minorUnits } from '../../domain/money/minor-units.ts'
import { toShip } from '../../domain/order/lines.ts'
import { isAccepted, needsWarehouse, releaseOf } from '../../domain/order/state.ts'
import type { ConnectionId, OrderId } from '../../schemas/canonical/identity.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { type CountedTwin, soldAt } from './sold-orders.ts'

/** What the promises come to, counted at the twins and in the ledger. */
export interface Proof {
  readonly captured: number
  /** Captured orders of each channel, by its connection. */
  readonly channels: Readonly<Record<string, number>>
  readonly erp: number
  readonly wms: number
  readonly shipped: number
  readonly confirmed: number
  /** Orders that stand as an exception, with a reason each. */
  readonly exceptions: number
  readonly cancelled: number
  /** Orders at a channel that are nowhere, or got stuck without an exception, past every moment at which Crossdock would act. */
  readonly lost: number
  /** Orders that Crossdock is at work on, or will come back for. */
  readonly underWay: number
  /** Documents at a system beyond the one that each order or parcel should have. */
  readonly duplicated: number
  /** Minor units by which the ERP's totals differ from the channel's. */
  readonly cents: number
  /** Units promised to orders, or sent off, beyond what lay on the warehouse's shelves. */
  readonly oversold: number
  /** Real systems, whose documents nobody here can count: of them the ledger's word is taken. */
  readonly unchecked: readonly ConnectionId[]
  readonly ok: boolean
}

interface Judging {
  /**
   * Whether Crossdock has had its time with an order that is not done.
   * @default it has had it with all: whoever asks has waited
   */
  readonly isLate?: (id: OrderId) => boolean
  /** Connections that have a real system instead of a twin. @default none */
  readonly real?: readonly ConnectionId[]
}

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
  twins: readonly CountedTwin[],
  { isLate = () => true, real = [] }: Judging = {},
): Proof {
  const sold = soldAt(twins)
  const { posted, inErp, releases, atWms } = countsAt(twins, real)
  const fulfilled = documents(twins, 'netsuite', 'itemFulfillments', Fulfilled)

  const isReal = (id: ConnectionId | undefined) => id !== undefined && real.includes(id)
  const known = heads.filter(({ seen }) => seen)
  const confirmed = known.filter((head) => needsWarehouse(head) && isConfirmed(head))
  const shipped = known.filter(
    (head) => needsWarehouse(head) && head.lines.every((line) => toShip(line) === 0),
  )
  const excess = (times: ReadonlyMap<string, number>): number =>
    [...times.values()].reduce((sum, n) => sum + n - 1, 0)
  const duplicated =
    excess(inErp) +
    excess(releases) +
    excess(countBy(fulfilled.flatMap(({ externalId }) => externalId ?? []))) +
    [...sold.values()].reduce((sum, { trackings }) => sum + excess(countBy(trackings)), 0)

  const byId = new Map<string, OrderState>(heads.map((head) => [head.id, head]))
  const open = [...unfinished(heads, twins, real)]
  const lost = open.filter(isLate).length
  const cents = posted.reduce((sum, { externalId, total }) => {
    const head = byId.get(externalId)
    const due = (head && sold.get(head.id)?.minor) ?? head?.seen?.total
    if (due === undefined || !head?.seen || head.cancelledAt) return sum
    // A difference that stands as an exception is explained.
    if (Object.keys(head.exceptions).length > 0) return sum
    const at = minorUnits(String(total), head.seen.currency)
    return sum + (at.ok ? Math.abs(at.value - due) : Math.abs(due))
  }, 0)

  const sums = {
    captured: known.length,
    channels: Object.fromEntries(countBy(known.map(({ connection }) => connection))),
    erp: inErp.size + known.filter(({ route }) => isReal(route?.erp)).filter(isAccepted).length,
    wms: atWms.size + known.filter(({ route }) => isReal(route?.wms)).filter(isReleased).length,
    shipped: shipped.length,
    confirmed: confirmed.length,
    exceptions: heads.filter(({ exceptions }) => Object.keys(exceptions).length > 0).length,
    cancelled: heads.filter(({ cancelledAt }) => cancelledAt).length,
  }
  const oversold = promisedBeyond(heads, documents(twins, 'shipbob', 'inventory', Shelved))
  const ok = lost + duplicated + cents + oversold === 0
  const underWay = open.length - lost
  return { ...sums, lost, underWay, duplicated, cents, oversold, unchecked: real, ok }
}

/** Orders of any channel that are not done and stand nowhere with a reason. */
export function unfinished(
  heads: readonly OrderState[],
  twins: readonly CountedTwin[],
  real: readonly ConnectionId[] = [],
): ReadonlySet<OrderId> {
  const counts = countsAt(twins, real)
  const byId = new Map(heads.map((head) => [head.id, head]))
  return new Set([...ordersIn(heads, twins)].filter((id) => !isFinished(byId.get(id), counts)))
}

/** Every order that a channel has or had. What a message spoke of before its order was known is none. */
export const ordersIn = (
  heads: readonly OrderState[],
  twins: readonly CountedTwin[],
): ReadonlySet<OrderId> =>
  new Set([...soldAt(twins).keys(), ...heads.flatMap(({ id, seen }) => (seen ? id : []))])

/** What left more often than it was there lies on the shelf less than not at all. */
function promisedBeyond(
  heads: readonly OrderState[],
  shelves: readonly z.infer<typeof Shelved>[],
): number {
  const holdings = heads.flatMap(({ stock }) => stock?.reservations ?? [])
  return shelves.reduce((sum, { sku, locations }) => {
    const onHand = locations.reduce((units, one) => units + one.on_hand_quantity, 0)
    const promised = holdings.filter((one) => one.sku === sku)
    return sum + Math.max(0, promised.reduce((units, one) => units + one.reserved, 0) - onHand)
  }, 0)
}

/** Done, or standing somewhere with a reason. */
function isFinished(head: OrderState | undefined, { inErp, atWms, real }: Counts): boolean {
  if (!head) return false
  if (Object.keys(head.exceptions).length > 0 || head.cancelledAt) return true
  const { erp, wms } = head.route ?? {}
  const isCounted = (id: ConnectionId | undefined, connector: string) =>
    id?.split('/')[0] === connector && !real.includes(id)
  const isPosted = isCounted(erp, 'netsuite') ? inErp.has(head.id) : isAccepted(head)
  if (!isPosted) return false
  if (!needsWarehouse(head)) return true
  if (isAtReal(head, real)) return true
  const isThere = isCounted(wms, 'shipbob') ? atWms.has(head.id) : isReleased(head)
  return isThere && isConfirmed(head)
}

const isReleased = (head: OrderState): boolean => releaseOf(head)?.state === 'done'

/** Lies at a real warehouse, which ships it when it will. */
export const isAtReal = (head: OrderState, real: readonly ConnectionId[]): boolean =>
  head.route !== undefined && real.includes(head.route.wms) && isReleased(head)

/** An order that was released anew has a reference for each round. */
const orderIn = (reference: string): string => reference.replace(/\.r\d+$/, '')

type Counts = ReturnType<typeof countsAt>

/** What the ERP and the warehouse have, and how often. */
function countsAt(twins: readonly CountedTwin[], real: readonly ConnectionId[]) {
  const posted = documents(twins, 'netsuite', 'salesOrders', Posted)
  const warehoused = documents(twins, 'shipbob', 'orders', Warehoused)
  return {
    real,
    posted,
    inErp: countBy(posted.map(({ externalId }) => externalId)),
    releases: countBy(warehoused.map(({ reference_id }) => reference_id)),
    atWms: countBy(warehoused.map(({ reference_id }) => orderIn(reference_id))),
  }
}

/** Every unit left, and the channel was told of every parcel. */
const isConfirmed = (head: OrderState): boolean =>
  head.lines.every((line) => toShip(line) === 0) &&
  Object.keys(head.shipments).every(
    (id) => head.intents[`confirm-shipment:${id}`]?.state === 'done',
  )

function documents<T extends z.ZodType>(
  twins: readonly CountedTwin[],
  connector: string,
  kind: string,
  schema: T,
): z.infer<T>[] {
  return twins
    .filter(({ connection }) => connection.connector === connector)
    .flatMap(({ twin }) => (twin.state()[kind] ?? []).map((document) => schema.parse(document)))
}

function countBy(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

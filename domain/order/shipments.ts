import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Instant } from '../../schemas/canonical/instant.ts'
import type { Shipment } from '../../schemas/canonical/shipment.ts'
import { EffectName, type OrderEvent } from '../../schemas/events/order-event.ts'
import type { Intent, OrderState } from '../../schemas/stored/order-state.ts'
import { effectCatalogue } from '../effects/catalogue.ts'
import { raise, unlessStanding } from '../exceptions/raise.ts'
import type { ReportedShipment } from '../reading.ts'
import { allot, shippedWithout } from './allot.ts'
import { digest } from './digest.ts'
import type { FactOf } from './facts.ts'
import { found } from './outcome.ts'
import { inRound, isAccepted, mayHaveHappened, releaseOf, roundOf } from './state.ts'

type Shipped = Pick<FactOf<'shipped'>, 'connection' | 'shipment' | 'at'>

/**
 * A parcel left. A release is recorded before it is sent, so a parcel without one does not prove that the warehouse
 * has the order: its units count as shipped, the release asks for the rest, and an exception is raised. A later report
 * of a parcel corrects the earlier one.
 */
export function shipmentEvents(state: OrderState, fact: Shipped): readonly OrderEvent[] {
  const { shipment, connection } = fact
  const known = state.shipments[shipment.id]
  if (known) return isLater(shipment, known) ? corrected(state, fact, known) : []
  if (!fits(state)) return kept(state, fact)
  if (!mayShip(state, connection)) return disbelieved(state, fact)
  return [...releasedByEvidence(state, fact), ...confirmed(state, fact)]
}

/** The parcel cannot be booked yet, because the order is unknown or not posted. */
function kept(state: OrderState, { shipment, connection, at }: Shipped): readonly OrderEvent[] {
  const key = `shipped:${shipment.id}`
  const before = state.deferredFacts[key]
  if (before !== undefined && !isLater(shipment, readKept(before).shipment)) return []
  const reason = `parcel ${shipment.id} left for an order that was not released`
  return [
    { type: 'fact.kept', connection, key, fact: JSON.stringify({ connection, shipment }) },
    ...unlessStanding(state, raise('unknown-shipment-line', key, { at, connection, reason })),
  ]
}

type Dated = Pick<ReportedShipment, 'shippedAt' | 'revisedAt'>

const isLater = (one: Dated, other: Dated): boolean =>
  (one.revisedAt ?? one.shippedAt) > (other.revisedAt ?? other.shippedAt)

function disbelieved(
  state: OrderState,
  { connection, shipment, at }: Shipped,
): readonly OrderEvent[] {
  const reason = `${connection} reports parcel ${shipment.id} for an order that was not released to it`
  const raised = raise('unknown-shipment-line', shipment.id, { at, reason, connection })
  return unlessStanding(state, raised)
}

/** Deferred facts that can be applied now. */
export function keptEvents(state: OrderState, at: Instant): readonly OrderEvent[] {
  if (!fits(state)) return []
  const [key, text] = Object.entries(state.deferredFacts)[0] ?? []
  if (key === undefined || text === undefined) return []
  return [{ type: 'fact.used', key }, ...shipmentEvents(state, { ...readKept(text), at })]
}

/** Written by `shipmentEvents` above. */
const readKept = (text: string): Omit<Shipped, 'at'> => JSON.parse(text)

/** The releases that were at least sent. */
const releases = ({ intents }: OrderState): readonly Intent[] =>
  Object.values(intents).filter(({ effect, epoch }) => effect === 'release-order' && epoch > 0)

/** One system's credentials do not allow reports about an order that another system was given. */
export const wasGiven = (state: OrderState, connection: ConnectionId): boolean =>
  releases(state).some((release) => release.connection === connection)

/** The warehouse that has or will get the order. */
const mayShip = (state: OrderState, connection: ConnectionId): boolean =>
  releases(state).length > 0 ? wasGiven(state, connection) : state.route?.wms === connection

const fits = (state: OrderState): boolean =>
  releases(state).length > 0 || (isAccepted(state) && state.route !== undefined)

/** The release of a parcel: the one it names, or the one in force if that was sent. */
function releaseBehind(state: OrderState, { shipment }: Shipped): Intent | undefined {
  const named = releases(state).find(({ reference }) => reference?.id === shipment.warehouseOrder)
  const inForce = releaseOf(state)
  return named ?? (wasSent(inForce) ? inForce : undefined)
}

/** The look-up after a lost answer may have come too early, and the next attempt may wait for its turn. */
const wasSent = (release: Intent | undefined): boolean =>
  mayHaveHappened(release) || (release?.state === 'pending' && release.doubted === true)

/** A parcel proves that the warehouse has the order, even if its answer to the release was lost. */
function releasedByEvidence(state: OrderState, fact: Shipped): readonly OrderEvent[] {
  const { connection, shipment } = fact
  const release = releaseBehind(state, fact)
  if (!release || release.state === 'done' || !holdsUnits(state, shipment)) return []
  const acknowledged = found(release)
  return [
    {
      type: 'order.released',
      intentId: inRound('release-order', roundOf(state)),
      connection,
      reference: { id: shipment.warehouseOrder },
      ...(acknowledged !== undefined && { acknowledged }),
    },
  ]
}

/** A parcel with none of the order's articles is no evidence for the order. */
function holdsUnits(state: OrderState, shipment: ReportedShipment): boolean {
  const { lines, parts = [] } = allot(state, shipment)
  return lines.length + parts.length > 0
}

function confirmed(state: OrderState, fact: Shipped): readonly OrderEvent[] {
  const { parcel, trouble } = packed(state, fact)
  const { connection, shipment, at } = fact
  const release = releaseBehind(state, fact)
  const earlier = !release || release !== releaseOf(state)
  const asked = releases(state).some(wasSent)
  const acknowledged = release && found(release)
  const reason = `parcel ${shipment.id} left before the order was released to ${connection}; only the rest is released`
  const early =
    asked || state.cancelledAt
      ? []
      : [raise('shipped-unreleased', shipment.id, { at, reason, connection })]
  return [
    {
      type: 'shipment.confirmed',
      connection,
      shipment: parcel,
      ...(earlier && { earlier }),
      ...(acknowledged !== undefined && { acknowledged }),
    },
    ...early,
    ...trouble,
  ]
}

/** If the parcel was already reported to a system, people must correct it there: no system is told of a parcel twice. */
function corrected(state: OrderState, fact: Shipped, known: Shipment): readonly OrderEvent[] {
  const { connection, at } = fact
  const { parcel, trouble } = packed(shippedWithout(state, known), fact)
  const told = EffectName.options.filter(
    (effect) =>
      effectCatalogue[effect].perParcel && mayHaveHappened(state.intents[`${effect}:${known.id}`]),
  )
  const reason = `parcel ${known.id} was corrected from ${unitsIn(known)} to ${unitsIn(parcel)} after it was reported by ${told.join(' and ')}`
  const changed = told.length > 0 && unitsIn(known) !== unitsIn(parcel)
  const codes = new Set(trouble.map(({ code }) => code))
  const mended = Object.values(state.exceptions)
    .filter(
      ({ code, subject }) => subject === known.id && aboutParcels.has(code) && !codes.has(code),
    )
    .map(({ code, subject }): OrderEvent => ({ type: 'exception.cleared', code, subject }))
  const raised = trouble.flatMap((one) => unlessStanding(state, one))
  if (isSame(parcel, known) && mended.length + raised.length === 0) {
    const revisedAt = parcel.revisedAt ?? parcel.shippedAt
    return [{ type: 'shipment.seen', shipmentId: known.id, revisedAt }]
  }
  return [
    { type: 'shipment.corrected', connection, shipment: parcel },
    ...mended,
    ...raised,
    ...(changed
      ? unlessStanding(state, raise('shipment-corrected', known.id, { at, reason, connection }))
      : []),
  ]
}

/** Warehouses revise a parcel with every scan of its carrier. */
const isSame = ({ revisedAt: _, ...one }: Shipment, { revisedAt: __, ...other }: Shipment) =>
  digest(one) === digest(other)

const aboutParcels: ReadonlySet<string> = new Set(['over-shipped', 'unknown-shipment-line'])

const unitsIn = ({ lines }: Pick<Shipment, 'lines'>): string =>
  lines
    .map(({ id, quantity }) => `${quantity} of line ${id}`)
    .toSorted()
    .join(', ') || 'nothing'

/** A reported parcel in terms of the ledger's lines, with what does not fit. */
function packed(state: OrderState, { connection, shipment, at }: Shipped) {
  const { strange, excess, ...inside } = allot(state, shipment)
  const { warehouseOrder: _, ...parcel } = shipment
  const about = (reason: string) => ({ at, reason, connection })
  const holds = (skus: readonly string[]) => `parcel ${shipment.id} contains ${skus.join(', ')}`
  const trouble = [
    ...(strange.length > 0
      ? [
          raise(
            'unknown-shipment-line',
            shipment.id,
            about(`${holds(strange)}, which is not on the order`),
          ),
        ]
      : []),
    ...(excess.length > 0
      ? [
          raise(
            'over-shipped',
            shipment.id,
            about(
              state.cancelledAt
                ? `${holds(excess)} and left although the order was cancelled`
                : `${holds(excess)}, more than was left to ship`,
            ),
          ),
        ]
      : []),
  ]
  return { parcel: { ...parcel, ...inside }, trouble }
}

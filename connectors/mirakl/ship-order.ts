import type { Account } from '../../domain/account.ts'
import type { Subject } from '../../domain/effects/effect.ts'
import { except, type Failure, retry } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import type { Shipment } from '../../schemas/canonical/shipment.ts'
import { call } from './call.ts'
import { standingOrder } from './fetch-order.ts'
import type { MiraklSettings } from './settings.ts'
import { shipped } from './standing.ts'
import { trackingOf } from './tracking.ts'

/** The order, if it counts as shipped: it can be only once, and has one tracking. */
export async function findShipped(
  account: Account,
  { order }: Subject,
): Promise<Result<Reference | undefined, Failure>> {
  const wire = await standingOrder(account, order.channelOrderId)
  if (!wire.ok) return wire
  return ok(shipped.has(wire.value.order_state) ? { id: order.channelOrderId } : undefined)
}

/**
 * Writes how the parcel is followed (OR23) and declares the order shipped (OR24), unless it has left already: the tracking
 * of a first parcel is not overwritten by a second. After a lost answer both may be said again.
 */
export async function shipOrder(
  account: Account,
  subject: Subject,
  { shipment, settings }: { readonly shipment: Shipment; readonly settings: MiraklSettings },
): Promise<Result<Reference, Failure>> {
  const { order } = subject
  const before = await findShipped(account, subject)
  if (!before.ok) return before
  if (before.value) return ok(before.value)
  const objection = settings.parcels === 'first' ? undefined : againstPart(subject, shipment)
  if (objection) return err(objection)

  const { tracking_url, ...tracking } = trackingOf(subject, shipment, settings)
  const path = `/orders/${encodeURIComponent(order.channelOrderId)}`
  const write = { kind: 'write', method: 'PUT' } as const
  if (shipment.carrier || shipment.trackingNumber) {
    const body = { ...tracking, ...(tracking_url && { carrier_url: tracking_url }) }
    const told = await call(account, { ...write, path: `${path}/tracking`, body })
    if (!told.ok) return told
  }
  const done = await call(account, { ...write, path: `${path}/ship` })
  if (done.ok) return ok({ id: order.channelOrderId })
  if (done.error.next !== 'except') return done
  const found = await findShipped(account, subject)
  return found.ok && found.value ? ok(found.value) : done
}

/** What happens to a parcel that is not the whole of what the marketplace still expects. */
function againstPart({ order, lines }: Subject, shipment: Shipment): Failure | undefined {
  const sent = (line: string) =>
    shipment.lines.reduce((all, one) => (one.id === line ? all + one.quantity : all), 0)
  const short = order.lines.filter((line) => {
    const expected = line.fulfilledByChannel ? 0 : line.quantity - line.removed
    return sent(line.id) < expected
  })
  if (short.length === 0) return undefined
  const wanted = new Map(lines.map(({ id, quantity }) => [id, quantity]))
  if (short.every(({ id, quantity }) => sent(id) >= (wanted.get(id) ?? quantity))) {
    return retry('the marketplace has yet to hear of units that were taken back')
  }
  const names = short.map(({ id }) => id).join(', ')
  return except(
    'effect-refused',
    `parcel ${shipment.id} has only a part of the order (short: line ${names}), and this connection ships orders in one ` +
      'parcel; confirm it at the marketplace when all has left, or set "parcels"',
  )
}

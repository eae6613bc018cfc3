import type { Account } from '../../domain/account.ts'
import type { Effect, Subject } from '../../domain/effects/effect.ts'
import { doubt, except, type Failure, retry } from '../../domain/failure.ts'
import { named } from '../../domain/names.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import type { Shipment } from '../../schemas/canonical/shipment.ts'
import { everyItem } from '../kit/paging.ts'
import { ask, call } from './client.ts'
import { refuse, standingOrder } from './orders.ts'
import { MiraklSettings } from './settings.ts'
import { shipped } from './states.ts'
import { ShipmentAnswer, ShipmentPage } from './wire.ts'

type Parcel = Subject & { readonly shipment: Shipment }

/**
 * Tells the marketplace that a parcel left: the order as a whole, which its state remembers, or, where the operator
 * allows several shipments, each parcel, which is known again by its id in `package_reference`.
 */
export const confirmShipment: Effect = {
  safety: { by: 'lookup', lagSeconds: 60 },
  find: 'in-doubt',
  async look(account, { shipment, ...subject }) {
    if (!shipment) return refuse(nothing)
    return shipsParcels(account)
      ? findParcel(account, { ...subject, shipment })
      : findShipped(account, subject)
  },
  async make(account, { shipment, ...subject }) {
    if (!shipment || shipment.lines.length === 0) return refuse(nothing)
    const ship = shipsParcels(account) ? shipParcel : shipOrder
    return ship(account, { ...subject, shipment })
  },
}

const nothing = 'there is no shipment with lines to confirm'

const shipsParcels = ({ settings }: Account): boolean =>
  MiraklSettings.parse(settings).parcels === 'several'

/** The order, if it counts as shipped: it can be only once, and has one tracking. */
async function findShipped(
  account: Account,
  subject: Subject,
): Promise<Result<Reference | undefined, Failure>> {
  const wire = await standingOrder(account, subject)
  if (!wire.ok) return wire
  return ok(shipped.has(wire.value.order_state) ? { id: wire.value.order_id } : undefined)
}

/**
 * Writes how the parcel is followed (OR23) and declares the order shipped (OR24), unless it has left already: the tracking
 * of a first parcel is not overwritten by a second. After a lost answer both may be said again.
 */
async function shipOrder(account: Account, parcel: Parcel): Promise<Result<Reference, Failure>> {
  const before = await findShipped(account, parcel)
  if (!before.ok) return before
  if (before.value) return ok(before.value)
  const isFirst = MiraklSettings.parse(account.settings).parcels === 'first'
  const objection = isFirst ? undefined : againstPart(parcel)
  if (objection) return err(objection)

  const id = parcel.order.channelOrderId
  const path = `/orders/${encodeURIComponent(id)}`
  if (parcel.shipment.carrier || parcel.shipment.trackingNumber) {
    const { tracking_url, ...tracking } = trackingOf(account, parcel)
    const json = { ...tracking, ...(tracking_url && { carrier_url: tracking_url }) }
    const told = await call(account, { method: 'PUT', path: `${path}/tracking`, json })
    if (!told.ok) return told
  }
  const done = await call(account, { method: 'PUT', path: `${path}/ship` })
  if (done.ok) return ok({ id })
  if (done.error.next !== 'except') return done
  const found = await findShipped(account, parcel)
  return found.ok && found.value ? ok(found.value) : done
}

/** What happens to a parcel that is not the whole of what the marketplace still expects. */
function againstPart({ order, lines, shipment }: Parcel): Failure | undefined {
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

/** The marketplace's shipment that carries our parcel's id, once it counts as shipped. */
async function findParcel(
  account: Account,
  parcel: Parcel,
): Promise<Result<Reference | undefined, Failure>> {
  const made = await search(account, parcel)
  if (!made.ok) return made
  return ok(made.value && !waiting.has(made.value.status) ? { id: made.value.id } : undefined)
}

/** Makes a shipment of the parcel's units (ST01), shipped at once; one that was made and not shipped is shipped (ST24). */
async function shipParcel(account: Account, parcel: Parcel): Promise<Result<Reference, Failure>> {
  const made = await search(account, parcel)
  if (!made.ok) return made
  const { value: found } = made
  if (found && !waiting.has(found.status)) return ok({ id: found.id })
  if (found) return send(account, { method: 'PUT', path: '/shipments/ship' }, { id: found.id })

  const { order, shipment } = parcel
  const tracking = trackingOf(account, parcel)
  return send(
    account,
    { method: 'POST', path: '/shipments' },
    {
      order_id: order.channelOrderId,
      shipped: true,
      shipment_lines: shipment.lines.map(({ id, quantity }) => ({
        order_line_id: id,
        quantity,
        package_reference: shipment.id,
      })),
      ...(Object.keys(tracking).length > 0 && { tracking }),
    },
  )
}

/** States of a shipment that has not left. */
const waiting: ReadonlySet<string> = new Set(['SHIPPING', 'READY_FOR_PICK_UP', 'SHIPMENT_PREPARED'])

/** ST11, page by page. */
async function search(account: Account, { order, shipment }: Parcel) {
  const query = { order_id: order.channelOrderId, limit: '100' }
  const all = await everyItem(async (token) => {
    const asked = { ...query, ...(token && { page_token: token }) }
    const page = await ask(account, { path: '/shipments', query: asked, answer: ShipmentPage })
    return page.ok
      ? ok({ items: page.value.data, next: page.value.next_page_token || undefined })
      : page
  })
  if (!all.ok) return all
  return ok(
    all.value.find(
      ({ status, shipment_lines }) =>
        status !== 'CANCELED' &&
        shipment_lines.some((line) => line.package_reference === shipment.id),
    ),
  )
}

/** Mirakl answers 200 or 201 also when it refuses, with the reason beside what it did. */
async function send(
  account: Account,
  request: { readonly method: 'POST' | 'PUT'; readonly path: string },
  shipment: object,
): Promise<Result<Reference, Failure>> {
  const json = { shipments: [shipment] }
  const answer = await ask(account, { ...request, json, answer: ShipmentAnswer })
  if (!answer.ok) return answer
  const [done] = answer.value.shipment_success
  const [refused] = answer.value.shipment_errors
  if (done) return ok({ id: done.id })
  return refused
    ? refuse(`mirakl refuses the shipment: ${(refused.message ?? '').slice(0, 200)}`)
    : err(doubt('mirakl neither made nor refused the shipment'))
}

/** How a parcel is followed. A carrier that the operator knows goes by its code, and Mirakl makes the link itself. */
function trackingOf({ settings }: Account, parcel: Parcel) {
  const { carrier, trackingNumber, trackingUrl } = parcel.shipment
  const name = carrier && named(parcel, 'carrier', carrier)
  const isKnown = name !== undefined && MiraklSettings.parse(settings).carriers.includes(name)
  return {
    ...(isKnown ? { carrier_code: name } : name && { carrier_name: name }),
    ...(trackingNumber && { tracking_number: trackingNumber }),
    ...(trackingUrl && !isKnown && { tracking_url: trackingUrl }),
  }
}

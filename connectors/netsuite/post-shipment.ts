import type { Account } from '../../domain/account.ts'
import type { Effect, Subject } from '../../domain/effects/effect.ts'
import { except, type Failure } from '../../domain/failure.ts'
import { named } from '../../domain/names.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import type { Shipment } from '../../schemas/canonical/shipment.ts'
import { ownName } from '../kit/order-parts.ts'
import { readBack, shipmentOf } from '../kit/read-back.ts'
import { readRecord, writeRecord } from './api.ts'
import { noSuchOrder, readSalesOrder } from './sales-orders.ts'
import { fulfillmentExternalId, type NetsuiteSettings, reference, settingsOf } from './settings.ts'
import type { Fields } from './to-sales-order.ts'
import { RecordBody, type SalesOrderBody, type SalesOrderLine, toReference } from './wire.ts'

/** One item fulfilment per parcel, keyed by its external id, which NetSuite refuses to give twice. */
export const postShipment: Effect = {
  safety: { by: 'key' },
  find: 'always',
  look: async (account, subject) => {
    const shipment = shipmentOf(subject)
    return shipment.ok ? find(account, subject, shipment.value) : shipment
  },
  make: async (account, subject) => {
    const shipment = shipmentOf(subject)
    if (!shipment.ok) return shipment
    const order = await readSalesOrder(account, subject)
    if (!order.ok) return order
    if (!order.value) return err(noSuchOrder(subject))

    const externalId = fulfillmentExternalId(subject.order, shipment.value.id)
    const parcel = { externalId, shipment: inWordsOf(subject, shipment.value) }
    const body = toItemFulfillment(parcel, order.value, settingsOf(account))
    if (!body.ok) return body
    const path = `salesOrder/${order.value.id}/!transform/itemFulfillment`
    const made = await writeRecord(account, 'POST', { path, body: body.value })
    if (!made.ok && made.error.next !== 'ignore') return made

    return readBack(
      made.ok && made.value
        ? await readReference(account, `itemFulfillment/${made.value}`)
        : await find(account, subject, shipment.value),
      'fulfilled',
    )
  },
}

/** A place without a name of its own means nothing here: then the settings say where goods ship from. */
function inWordsOf(subject: Subject, { carrier, location, ...shipment }: Shipment): Shipment {
  const place = ownName(subject, 'location', location)
  return {
    ...shipment,
    ...(carrier && { carrier: named(subject, 'carrier', carrier) }),
    ...(place !== undefined && { location: place }),
  }
}

const find = (account: Account, { order }: Subject, shipment: Shipment) =>
  readReference(account, `itemFulfillment/eid:${fulfillmentExternalId(order, shipment.id)}`)

async function readReference(
  account: Account,
  path: string,
): Promise<Result<Reference | undefined, Failure>> {
  const found = await readRecord(account, `${path}?fields=id,tranId`, RecordBody)
  return found.ok ? ok(found.value && toReference(found.value)) : found
}

/**
 * The body that turns a sales order into the fulfilment of one parcel. NetSuite ships every open line that the body
 * does not mention, so that the others are named to be left alone. Fails with `unknown-shipment-line`.
 */
function toItemFulfillment(
  { externalId, shipment }: { readonly externalId: string; readonly shipment: Shipment },
  order: SalesOrderBody,
  settings: NetsuiteSettings,
): Result<Fields, Failure> {
  const { lineField } = settings
  const location = shipment.location ?? settings.location
  const lineIds = new Set(order.item.items.map((line) => line[lineField]))
  const stranger = shipment.lines.find(({ id }) => !lineIds.has(id))
  if (stranger) {
    const reason = `sales order ${order.tranId ?? order.id} has no line ${stranger.id} in ${lineField}`
    return err(except('unknown-shipment-line', reason))
  }

  const shipped = new Map(shipment.lines.map(({ id, quantity }) => [id, quantity]))
  const items = order.item.items.flatMap((line) => {
    const quantity = shipped.get(String(line[lineField]))
    if (quantity === undefined) {
      return isOffered(line, lineField) ? [{ orderLine: line.line, itemReceive: false }] : []
    }
    const from = location && { location: reference(location) }
    return [{ orderLine: line.line, itemReceive: true, quantity, ...from }]
  })
  return ok({
    externalId,
    tranDate: shipment.shippedAt.slice(0, 10),
    /** C: shipped. */
    shipStatus: { id: 'C' },
    item: { items },
    ...(shipment.trackingNumber && {
      package: {
        items: [
          {
            packageTrackingNumber: shipment.trackingNumber,
            ...(shipment.carrier && { packageDescr: shipment.carrier }),
          },
        ],
      },
    }),
  })
}

/** The types of items that can be on a fulfilment; charges and gift certificates cannot. */
const shippable = ['InvtPart', 'Assembly', 'Kit', 'NonInvtPart']

/** True for a line that NetSuite would ship by itself. */
function isOffered(line: SalesOrderLine, lineField: string): boolean {
  const { quantity = 0, quantityFulfilled = 0, itemType, isClosed } = line
  const key = String(line[lineField] ?? '')
  const isGoods = itemType ? shippable.includes(itemType.id) : key !== '' && !key.startsWith('~')
  return isGoods && !isClosed && quantity > quantityFulfilled
}

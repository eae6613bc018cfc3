import type { Account } from '../../domain/account.ts'
import type { Effect, Subject } from '../../domain/effects/effect.ts'
import { doubt, except, type Failure } from '../../domain/failure.ts'
import { named } from '../../domain/names.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import type { Shipment } from '../../schemas/canonical/shipment.ts'
import { readRecord, writeRecord } from './api.ts'
import { noSuchOrder, readSalesOrder } from './cancel-order.ts'
import { fulfillmentExternalId } from './external-id.ts'
import { settingsOf } from './settings.ts'
import { toReference } from './standing.ts'
import { toItemFulfillment } from './to-item-fulfillment.ts'
import { RecordBody } from './wire.ts'

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

    const found =
      made.ok && made.value
        ? await readReference(account, `itemFulfillment/${made.value}`)
        : await find(account, subject, shipment.value)
    if (!found.ok) return err(doubt(`fulfilled, but not read back: ${found.error.reason}`))
    return found.value ? ok(found.value) : err(doubt('fulfilled, but not to be seen yet'))
  },
}

/** A place without a name of its own means nothing here: then the settings say where goods ship from. */
function inWordsOf(subject: Subject, { carrier, location, ...shipment }: Shipment): Shipment {
  const place = location === undefined ? undefined : named(subject, 'location', location)
  return {
    ...shipment,
    ...(carrier && { carrier: named(subject, 'carrier', carrier) }),
    ...(place !== undefined && place !== location && { location: place }),
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

const shipmentOf = ({ shipment }: Subject): Result<Shipment, Failure> =>
  shipment ? ok(shipment) : err(except('effect-refused', 'there is no shipment to post'))

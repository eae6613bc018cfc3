import type { Account } from '../../domain/account.ts'
import type { Effect, Subject } from '../../domain/effects/effect.ts'
import { doubt, except, type Failure, retry } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import type { Shipment } from '../../schemas/canonical/shipment.ts'
import { act, change } from './api.ts'
import { absent, at, findOrders, findShipments, lagSeconds } from './find-order.ts'
import { readMark, short } from './marks.ts'
import { toPosting } from './to-posting.ts'
import type { OrderBody } from './wire.ts'

/** How often an order is read anew because somebody else changed it meanwhile. */
const rounds = 8

/**
 * One posted shipment, with its invoice, per parcel. The lines are set to what the parcel brings and get its mark, then
 * the one action posts them; the shipment keeps the mark, by which it is found.
 */
export const postShipment: Effect = {
  safety: { by: 'lookup', lagSeconds },
  find: 'always',
  look: async (account, subject) => {
    const shipment = shipmentOf(subject)
    return shipment.ok ? find(account, subject, shipment.value) : shipment
  },
  make: async (account, subject) => {
    const shipment = shipmentOf(subject)
    if (!shipment.ok) return shipment
    const order = await prepared(account, subject, shipment.value)
    if (!order.ok) return order
    const posted = await act(account, `salesOrders(${order.value.id})/Microsoft.NAV.shipAndInvoice`)
    if (!posted.ok) return posted

    const found = await find(account, subject, shipment.value)
    if (!found.ok) return err(doubt(`posted, but not read back: ${found.error.reason}`))
    return found.value ? ok(found.value) : err(doubt('posted, but not to be seen yet'))
  },
}

/** The order, once its lines are set to what the parcel brings. */
async function prepared(
  account: Account,
  subject: Subject,
  shipment: Shipment,
): Promise<Result<OrderBody, Failure>> {
  for (let round = 0; round < rounds; round++) {
    const found = await findOrders(account, subject)
    if (!found.ok) return found
    const [order] = found.value
    if (!order) return err(await absent(account, subject))
    const posting = toPosting(order, shipment, subject)
    if (!posting.ok) return posting
    const path = `salesOrders(${order.id})`
    const steps = [
      ...(posting.value.head
        ? [{ path, etag: order['@odata.etag'], body: posting.value.head }]
        : []),
      ...posting.value.lines.map(({ line, body }) => ({ ...at(path, line), body })),
    ]
    if (steps.length === 0) return ok(order)
    for (const step of steps) {
      const done = await change(account, { method: 'PATCH', ...step })
      if (!done.ok) return done
      if (done.value === 'stale') break
    }
  }
  return err(retry('somebody else keeps changing the sales order'))
}

async function find(
  account: Account,
  subject: Subject,
  shipment: Shipment,
): Promise<Result<Reference | undefined, Failure>> {
  const found = await findShipments(account, subject)
  if (!found.ok) return found
  const mark = short(shipment.id)
  const posted = found.value.find(({ salesShipmentLines }) =>
    salesShipmentLines.some(({ description2 }) => readMark(description2)?.parcel === mark),
  )
  return ok(posted && { id: posted.id, number: posted.number })
}

const shipmentOf = ({ shipment }: Subject): Result<Shipment, Failure> =>
  shipment ? ok(shipment) : err(except('effect-refused', 'there is no shipment to post'))

import type { Account } from '../../domain/account.ts'
import type { Effect, Subject } from '../../domain/effects/effect.ts'
import { except, type Failure } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import type { Shipment } from '../../schemas/canonical/shipment.ts'
import { readBack, shipmentOf, toReference } from '../kit/read-back.ts'
import { act, change } from './api.ts'
import { lineIn, markOf, readMark, short } from './marks.ts'
import { at, findShipments, lagSeconds, withOrder } from './sales-orders.ts'
import type { Fields } from './to-sales-order.ts'
import type { LineBody, OrderBody } from './wire.ts'

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

    return readBack(await find(account, subject, shipment.value), 'posted')
  },
}

/** The order, once its lines are set to what the parcel brings. */
const prepared = (account: Account, subject: Subject, shipment: Shipment) =>
  withOrder<OrderBody>(account, subject, {
    step: async (order) => {
      const posting = toPosting(order, shipment, subject)
      if (!posting.ok) return posting
      const { head, lines } = posting.value
      const path = `salesOrders(${order.id})`
      const steps = [
        ...(head ? [{ path, etag: order['@odata.etag'], body: head }] : []),
        ...lines.map(({ line, body }) => ({ ...at(path, line), body })),
      ]
      for (const step of steps) {
        const done = await change(account, { method: 'PATCH', ...step })
        if (!done.ok) return done
        if (done.value === 'stale') break
      }
      return ok(steps.length === 0 ? order : 'stale')
    },
  })

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
  return ok(posted && toReference(posted))
}

/** What has to be changed before the action posts just this parcel; nothing, when it would. */
interface Posting {
  readonly head?: Fields
  readonly lines: readonly { readonly line: LineBody; readonly body: Fields }[]
}

/**
 * Every line gets the quantity that leaves now, because Business Central would ship what is open. What is not goods goes
 * with the first parcel. Fails with `unknown-shipment-line`, and with `over-shipped` where less is open.
 */
function toPosting(
  order: OrderBody,
  shipment: Shipment,
  subject: Pick<Subject, 'lines'>,
): Result<Posting, Failure> {
  const leaving = new Map(shipment.lines.map(({ id, quantity }) => [short(id), quantity]))
  const known = new Set(order.salesOrderLines.map((line) => lineIn(keyOf(line))))
  const stranger = shipment.lines.find(({ id }) => !known.has(short(id)))
  if (stranger) {
    const reason = `sales order ${order.number} has no line ${stranger.id}`
    return err(except('unknown-shipment-line', reason))
  }
  const posted = order.salesOrderLines
    .filter((line) => line.lineType !== 'Comment' && keyOf(line) !== '')
    .map((line) => ({ line, quantity: leavingOf(line, leaving, subject) }))
  const over = posted.find(({ line, quantity }) => quantity > line.quantity - line.shippedQuantity)
  if (over) {
    const open = over.line.quantity - over.line.shippedQuantity
    const reason = `${over.quantity} of line ${keyOf(over.line)} left and ${open} are open in sales order ${order.number}`
    return err(except('over-shipped', reason))
  }
  const lines = posted.flatMap(({ line, quantity }) => setTo(line, quantity, shipment.id))
  const postingDate = shipment.shippedAt.slice(0, 10)
  return ok({ lines, ...(order['postingDate'] !== postingDate && { head: { postingDate } }) })
}

/** The change that makes a line bring just this quantity; none, when it would. */
function setTo(line: LineBody, quantity: number, parcel: string): Posting['lines'] {
  const mark = quantity > 0 ? markOf(keyOf(line), parcel) : line.description2
  const isSet = line['shipQuantity'] === quantity && line['invoiceQuantity'] === quantity
  if (isSet && line.description2 === mark) return []
  // The quantity to ship comes first: it resets the one to invoice.
  return [{ line, body: { shipQuantity: quantity, invoiceQuantity: quantity, description2: mark } }]
}

const keyOf = (line: LineBody): string => readMark(line.description2)?.key ?? ''

function leavingOf(
  line: LineBody,
  leaving: ReadonlyMap<string, number>,
  { lines }: Pick<Subject, 'lines'>,
): number {
  const key = keyOf(line)
  const units = leaving.get(lineIn(key))
  if (units !== undefined) return units * perUnit(key, lines)
  return isGoods(key, lines) ? 0 : line.quantity - line.shippedQuantity
}

/** Of a bundle's component, how many are in one. */
function perUnit(key: string, lines: Subject['lines']): number {
  const [id = key, nth] = key.split('/')
  if (nth === undefined) return 1
  const components = lines.find((line) => short(line.id) === id)?.components ?? []
  return components[Number(nth) - 1]?.quantity ?? 1
}

const isGoods = (key: string, lines: Subject['lines']): boolean =>
  lines.some((line) => short(line.id) === lineIn(key))

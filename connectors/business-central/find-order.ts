import type { Account } from '../../domain/account.ts'
import type { Subject } from '../../domain/effects/effect.ts'
import { except, type Failure } from '../../domain/failure.ts'
import { ok, type Result } from '../../domain/result.ts'
import type { Minor } from '../../schemas/canonical/money.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import { list, quoted } from './api.ts'
import { documentNumber } from './marks.ts'
import { numberOf } from './to-lines.ts'
import { InvoiceBody, OrderBody, type OrderHead, ShipmentBody } from './wire.ts'

/** A request is over, or was aborted by the service, ten minutes after it began. */
export const lagSeconds = 600

/** Every sales order that carries our reference, with its lines; by id alone where that is known. */
export function findOrders(
  account: Account,
  subject: Subject,
): Promise<Result<readonly OrderBody[], Failure>> {
  const id = subject.references.erp?.id
  const filter = id ? `id eq ${id}` : byNumber(subject)
  const query = { filter, expand: 'salesOrderLines' }
  return list(account, 'salesOrders', { query, schema: OrderBody })
}

/** As references; posted ones are not among them. */
export async function standingOrders(
  account: Account,
  subject: Subject,
): Promise<Result<readonly Reference[], Failure>> {
  const found = await findOrders(account, { ...subject, references: {} })
  return found.ok ? ok(found.value.map(toReference)) : found
}

/**
 * The order as its posted documents name it: an order that is shipped and invoiced in full is deleted.
 * `undefined` when nothing of it was posted.
 */
export async function findPosted(
  account: Account,
  subject: Subject,
): Promise<Result<Reference | undefined, Failure>> {
  const invoices = await list(account, 'salesInvoices', {
    query: { filter: byNumber(subject), select: 'id,number,orderId,orderNumber' },
    schema: InvoiceBody,
  })
  if (!invoices.ok) return invoices
  const [invoice] = invoices.value
  if (invoice) {
    const ordered = invoice.orderId !== '' && invoice.orderId !== nobody
    const id = ordered ? invoice.orderId : invoice.id
    return ok({ id, number: invoice.orderNumber || invoice.number })
  }
  const shipments = await findShipments(account, subject)
  if (!shipments.ok) return shipments
  const [shipment] = shipments.value
  return ok(shipment && { id: shipment.id, number: shipment.orderNumber || shipment.number })
}

/** Every posted shipment of the order, with its lines. */
export function findShipments(
  account: Account,
  subject: Subject,
): Promise<Result<readonly ShipmentBody[], Failure>> {
  const query = { filter: byNumber(subject), expand: 'salesShipmentLines' }
  return list(account, 'salesShipments', { query, schema: ShipmentBody })
}

export const toReference = ({ id, number }: Pick<OrderHead, 'id' | 'number'>): Reference => ({
  id,
  number,
})

/** The order that stands, and in words how its total is not what was asked for. */
export function agreed(order: OrderHead, asked: Order, total: Minor): Reference {
  const theirs = order.totalAmountIncludingTax
  const expected = numberOf(total, asked.currency)
  if (theirs === undefined || theirs === expected) return toReference(order)
  const differs = `Business Central makes ${theirs} of ${expected} ${asked.currency} in sales order ${order.number}`
  return { ...toReference(order), differs }
}

/** Why there is no sales order any more, or none yet. */
export async function absent(account: Account, subject: Subject): Promise<Failure> {
  const posted = await findPosted(account, subject)
  if (!posted.ok) return posted.error
  const { number, id } = subject.references.erp ?? {}
  const name = posted.value?.number ?? number ?? id ?? subject.order.id
  return posted.value
    ? except('already-fulfilled', `sales order ${name} is shipped and invoiced`)
    : except('order-not-found', `Business Central has no sales order ${name}`)
}

/** Where a line is, as the version of it that was read. */
export const at = (
  path: string,
  line: { readonly id: string; readonly '@odata.etag': string },
) => ({
  path: `${path}/salesOrderLines(${line.id})`,
  etag: line['@odata.etag'],
})

const byNumber = (subject: Subject): string =>
  `externalDocumentNumber eq ${quoted(documentNumber(subject))}`

const nobody = '00000000-0000-0000-0000-000000000000'

import type { Account } from '../../domain/account.ts'
import type { Subject } from '../../domain/effects/effect.ts'
import { except, type Failure, retry } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import { numberOf, orderParts } from '../kit/order-parts.ts'
import { standing, toReference } from '../kit/read-back.ts'
import { list, quoted } from './api.ts'
import { documentNumber } from './marks.ts'
import { InvoiceBody, OrderBody, ShipmentBody } from './wire.ts'

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

/** The one that stands, with what finance has to know of it. */
export function standingAs(
  order: OrderBody,
  others: readonly OrderBody[],
  subject: Subject,
): Result<Reference, Failure> {
  const parts = orderParts(subject, 'components')
  if (!parts.ok) return parts
  const { id, number, totalAmountIncludingTax: total } = order
  const { currency } = subject.order
  const asked = numberOf(parts.value.total, currency)
  const about = { vendor: 'Business Central', currency, id, number }
  if (others.length === 0) return ok(standing({ ...about, total, asked }))
  const numbers = [order, ...others].map((each) => each.number).join(', ')
  const several = `several sales orders carry ${documentNumber(subject)}: ${numbers}`
  return ok(standing({ ...about, beyond: [several] }))
}

/** Why there is no sales order any more, or none yet. */
async function absent(account: Account, subject: Subject): Promise<Failure> {
  const posted = await findPosted(account, subject)
  if (!posted.ok) return posted.error
  const { number, id } = subject.references.erp ?? {}
  const name = posted.value?.number ?? number ?? id ?? subject.order.id
  return posted.value
    ? except('already-fulfilled', `sales order ${name} is shipped and invoiced`)
    : except('order-not-found', `Business Central has no sales order ${name}`)
}

/** How often an order is read anew because somebody else changed it meanwhile. */
const rounds = 8

interface Steps<T> {
  /** Does something with the order; `stale` when it is to be read anew. */
  step(order: OrderBody, others: readonly OrderBody[]): Promise<Result<T | 'stale', Failure>>
  /** What it means that there is no order. @default a failure that says why */
  whenGone?(): Promise<Result<T | undefined, Failure>>
}

/** Does a step with the order as it stands, and again with the order as it is then, as long as the step was in vain. */
export async function withOrder<T>(
  account: Account,
  subject: Subject,
  { step, whenGone = async () => ok(undefined) }: Steps<T>,
): Promise<Result<T, Failure>> {
  for (let round = 0; round < rounds; round++) {
    const found = await findOrders(account, subject)
    if (!found.ok) return found
    const [order, ...others] = found.value
    if (!order) {
      const gone = await whenGone()
      if (!gone.ok) return gone
      return gone.value ? ok(gone.value) : err(await absent(account, subject))
    }
    const done = await step(order, others)
    if (!done.ok) return done
    if (done.value !== 'stale') return ok(done.value)
  }
  return err(retry('somebody else keeps changing the sales order'))
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

import type { TwinWorld } from '../kit/twin.ts'
import { edited, idOf, shortInstant, textOf } from './body.ts'
import { currentOf, fulfilledOf, type OpenOrder, type StoredOrder } from './order.ts'
import { paidBy, type RefundLineInput, refunded } from './refund.ts'

/** The arguments of `orderCancel`, as GraphQL has already checked them. */
export interface CancelInput {
  readonly orderId: string
  readonly reason: string
  readonly restock?: boolean
  readonly refund?: boolean
  readonly refundMethod?: { readonly originalPaymentMethodsRefund?: boolean }
  readonly staffNote?: string
}

/** Why Shopify would not even begin. */
export function cancelRefusal(order: OpenOrder | undefined): string | undefined {
  if (!order) return 'Order does not exist'
  if (order.wire['cancelled_at']) return 'Order has already been cancelled'
  if (order.lines.some((line) => fulfilledOf(order, line) > 0)) {
    return 'Cannot cancel an order that has fulfillments'
  }
  return undefined
}

interface Job {
  readonly id: string
  readonly input: CancelInput
  readonly done: boolean
}

/** Cancellations that were taken and are carried out when the shop gets to it. */
export function cancelJobs({ documents }: Pick<TwinWorld, 'documents'>) {
  // Only this file writes the kind, and always a whole Job.
  const jobs = documents.all('jobs') as readonly Job[]
  const open = new Map(jobs.filter(({ done }) => !done).map((job) => [job.id, job]))
  return {
    take(input: CancelInput, id: string): Job {
      const job: Job = { id, input, done: false }
      documents.put('jobs', id, job)
      open.set(id, job)
      return job
    },
    /** The next one, which is done with this. */
    next(): CancelInput | undefined {
      const [job] = open.values()
      if (!job) return undefined
      open.delete(job.id)
      documents.put('jobs', job.id, { ...job, done: true })
      return job.input
    },
  }
}

/** The cancelled order: everything is taken back, and what was paid is refunded if so wished. */
export function cancelled(order: OpenOrder, input: CancelInput, now: Date): StoredOrder {
  const at = shortInstant(now)
  const wished = input.refundMethod?.originalPaymentMethodsRefund ?? input.refund ?? false
  const payment = wished ? paidBy(order) : undefined
  const refundLineItems = order.lines.flatMap((line): RefundLineInput[] => {
    const quantity = currentOf(line)
    const lineItemId = `gid://shopify/LineItem/${idOf(line)}`
    return quantity > 0 ? [{ lineItemId, quantity, restockType: 'CANCEL' }] : []
  })
  const refunding = refunded(
    order,
    {
      orderId: input.orderId,
      currency: textOf(order.wire['presentment_currency']) ?? '',
      refundLineItems,
      transactions: payment ? [{ amount: payment.amount }] : [],
    },
    at,
  )
  const before = 'changed' in refunding ? refunding.changed : order
  const unpaid = unpaidStatuses.has(textOf(order.wire['financial_status']) ?? '')
  return edited(before, () => ({
    cancelled_at: at,
    cancel_reason: input.reason.toLowerCase(),
    ...(payment && { financial_status: 'refunded', current_total_price: '0.00' }),
    ...(unpaid && { financial_status: 'voided' }),
  }))
}

const unpaidStatuses: ReadonlySet<string> = new Set(['pending', 'authorized', 'expired'])

import type { Effect } from '../../domain/effects/effect.ts'
import { except } from '../../domain/failure.ts'
import { err, ok } from '../../domain/result.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import { toReference } from '../kit/read-back.ts'
import { change } from './api.ts'
import { findOrders, findPosted, withOrder } from './sales-orders.ts'

/**
 * Deletes the sales order: the API knows no other end of one. Deleting what is gone changes nothing, so that it can be
 * repeated at once.
 */
export const cancelOrder: Effect = {
  safety: { by: 'key' },
  find: 'always',
  look: async (account, subject) => {
    const { erp } = subject.references
    const found = await findOrders(account, subject)
    if (!found.ok) return found
    if (found.value.length > 0 || !erp) return ok(undefined)
    const posted = await findPosted(account, subject)
    if (!posted.ok) return posted
    return ok(posted.value ? undefined : toReference(erp))
  },
  make: (account, subject) =>
    withOrder<Reference>(account, subject, {
      step: async (order) => {
        if (order.salesOrderLines.some(({ shippedQuantity }) => shippedQuantity > 0)) {
          const reason = `units of sales order ${order.number} are shipped`
          return err(except('already-fulfilled', reason))
        }
        const path = `salesOrders(${order.id})`
        const deleted = await change(account, {
          method: 'DELETE',
          path,
          etag: order['@odata.etag'],
        })
        if (!deleted.ok) return deleted
        return ok(deleted.value === 'changed' ? toReference(order) : 'stale')
      },
      whenGone: async () => cancelOrder.look?.(account, subject) ?? ok(undefined),
    }),
}

import type { Effect } from '../../domain/effects/effect.ts'
import { except, retry } from '../../domain/failure.ts'
import { err, ok } from '../../domain/result.ts'
import { change } from './api.ts'
import { absent, findOrders, findPosted, toReference } from './find-order.ts'

/** How often an order is read anew because somebody else changed it meanwhile. */
const rounds = 5

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
    return ok(posted.value ? undefined : { id: erp.id, ...(erp.number && { number: erp.number }) })
  },
  make: async (account, subject) => {
    for (let round = 0; round < rounds; round++) {
      const found = await findOrders(account, subject)
      if (!found.ok) return found
      const [order] = found.value
      if (!order) {
        const gone = await cancelOrder.look?.(account, subject)
        if (gone && !gone.ok) return gone
        if (gone?.value) return ok(gone.value)
        return err(await absent(account, subject))
      }
      if (order.salesOrderLines.some(({ shippedQuantity }) => shippedQuantity > 0)) {
        const reason = `units of sales order ${order.number} are shipped`
        return err(except('already-fulfilled', reason))
      }
      const path = `salesOrders(${order.id})`
      const deleted = await change(account, { method: 'DELETE', path, etag: order['@odata.etag'] })
      if (!deleted.ok) return deleted
      if (deleted.value === 'changed') return ok(toReference(order))
    }
    return err(retry('somebody else keeps changing the sales order'))
  },
}

import { connectionOfOrder } from '../../../domain/order/order-id.ts'
import { err, ok } from '../../../domain/result.ts'
import type { endpoints } from '../../../schemas/api/endpoints.ts'
import { capableOf } from '../../../schemas/settings.ts'
import { refusals } from '../once.ts'
import { nameOf } from '../orders/execute-command.ts'
import { noSuchOrder } from '../orders/read-order.ts'
import { problem } from '../problems.ts'
import type { Handle } from '../route.ts'

/** Puts a privacy request on its queue, once per key. */
export const createPrivacyRequest: Handle<typeof endpoints.askForPrivacy> = async (asked, deps) => {
  const { body, headers, by } = asked
  const { kind } = body
  if ('order' in body) {
    const known = await deps.orders.read(body.order)
    if (!known) return err(noSuchOrder(body.order, { pointer: '#/order' }))
  }
  const connection = 'order' in body ? connectionOfOrder(body.order) : body.channel
  const channel = deps.connections.filter(capableOf('orders')).find(({ id }) => id === connection)
  if (!channel && !('order' in body)) {
    const channels = deps.connections.filter(capableOf('orders')).map(({ id }) => id)
    const fix = `write one of ${channels.join(', ')}`
    const wrong = { pointer: '#/channel', detail: 'is unknown', fix }
    const detail = `The settings have no channel ${connection}.`
    return err({ problem: problem('not-found', detail, [wrong]) })
  }

  const key = ['privacy', by, headers['idempotency-key']]
  const done = await deps.once({ key, body }, async () => {
    const id = `api.${nameOf(key)}`
    const whose = 'order' in body ? { orders: [body.order] } : { customer: body.customer }
    const askedAt = deps.clock().toISOString()
    await deps.ask({ id, kind, connection, ...whose, by, askedAt })
    return {
      id,
      askedAt,
      report: `privacy/${id}.json`,
      ...(kind === 'disclosure' && { disclosure: `disclosures/${id}.json` }),
    }
  })
  return done.ok ? ok(done.value) : err(refusals[done.error])
}

import { toOrder } from '../../../connectors/order-api/to-order.ts'
import { impossibleIn } from '../../../domain/order/impossible.ts'
import { orderIdOf } from '../../../domain/order/order-id.ts'
import { err, ok } from '../../../domain/result.ts'
import type { endpoints } from '../../../schemas/api/endpoints.ts'
import type { Wrong } from '../../../schemas/api/problem.ts'
import type { Connection } from '../../../schemas/settings.ts'
import { intakeMessage } from '../intake-message.ts'
import { refusals } from '../once.ts'
import { badRequest, inBody, problem } from '../problems.ts'
import type { Handle, Refusal } from '../route.ts'

/** Puts an order on the intake queue, once per key. */
export const submitChannelOrder: Handle<typeof endpoints.submitChannelOrder> = async (
  asked,
  deps,
) => {
  const { params, headers, body, by } = asked
  const named = `${params.connector}/${params.name}`
  const channel = deps.connections.find(({ id, submits }) => id === named && submits)
  if (!channel) return err(noSuchChannel(named, deps.connections))
  const order = toOrder(channel.id, body)
  const wrong = order.ok ? impossibleIn(order.value) : []
  if (wrong.length > 0) {
    const errors = wrong.map(({ path, is, fix }) => ({ ...inBody(path), detail: `is ${is}`, fix }))
    return err({ problem: badRequest(errors) })
  }

  const key = ['order', by, channel.id, headers['idempotency-key']]
  const done = await deps.once({ key, body }, async () => {
    const message = intakeMessage(channel.id, asked, deps.clock())
    await deps.enqueue(message)
    const { receivedAt } = message
    return { connection: channel.id, orderId: orderIdOf(channel.id, body.id), receivedAt }
  })
  return done.ok ? ok(done.value) : err(refusals[done.error])
}

const noSuchChannel = (named: string, all: readonly Connection[]): Refusal => ({
  problem: problem(
    'not-found',
    `The settings have no channel ${named} that submits its orders; see docs/api.md#submitting-orders.`,
    [noneCalled(all.filter(({ submits }) => submits))],
  ),
})

/** The problem of a path with another connection. */
export function noneCalled(all: readonly Connection[]): Wrong {
  const fix = `write one of ${all.map(({ id }) => id).join(', ') || '(none yet)'}`
  return { parameter: 'name', detail: 'is not such a connection', fix }
}

import { createHash } from 'node:crypto'
import { learn } from '../../domain/order/learn.ts'
import { err, ok } from '../../domain/result.ts'
import type { Command } from '../../schemas/api/command.ts'
import type { endpoints } from '../../schemas/api/endpoints.ts'
import type { OrderState } from '../../schemas/stored/order-state.ts'
import { refusals } from './once.ts'
import { orderView } from './order-view.ts'
import { problem } from './problems.ts'
import { noSuchOrder } from './read-order.ts'
import type { Handle, Refusal } from './route.ts'

/** Tells the ledger what a person decided, once per key, and answers with the order as it is then. */
export const giveCommand: Handle<typeof endpoints.giveCommand> = async (asked, deps) => {
  const { params, headers, body: command, by, traceparent } = asked
  const { id } = params
  const known = await deps.orders.read(id)
  if (!known) return err(noSuchOrder(id))
  const impossible = whyNot(known.state, command)
  if (impossible) return err(impossible)

  const key = ['command', by, id, headers['idempotency-key']]
  const given = await deps.once({ key, body: command }, async () => {
    const at = deps.clock().toISOString()
    await learn({ id, traceparent }, { type: 'command', id: nameOf(key), by, command, at }, deps)
    return {}
  })
  if (!given.ok) return err(refusals[given.error])
  const after = await deps.orders.read(id)
  return ok(orderView(after ?? known))
}

/** Two callers may choose the same key, so the ledger's name of a command is made of all that the key is a key of. */
const nameOf = (key: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(key)).digest('base64url').slice(0, 22)

function whyNot(state: OrderState, command: Command): Refusal | undefined {
  if (command.do === 'retry' || command.do === 'answer') {
    const { intentId } = command
    if (intentId === undefined || Object.hasOwn(state.intents, intentId)) return undefined
    return impossible('#/intentId', 'the order has no such effect', {
      fix: `write one of ${Object.keys(state.intents).join(', ') || '(there is none yet)'}`,
    })
  }
  if (command.do !== 'cancel' || !command.lines) return undefined
  const index = command.lines.findIndex(({ id }) => state.lines.every((line) => line.id !== id))
  if (index < 0) return undefined
  return impossible(`#/lines/${index}/id`, 'the order has no such line', {
    fix: `write one of ${state.lines.map(({ id }) => id).join(', ')}`,
  })
}

const impossible = (pointer: string, detail: string, { fix }: { fix: string }): Refusal => ({
  problem: problem('not-possible', 'The order does not allow this.', [{ pointer, detail, fix }]),
})

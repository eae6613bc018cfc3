import { createHash } from 'node:crypto'
import { execute } from '../../../domain/order/commands.ts'
import { editOrder } from '../../../domain/order/edit-order.ts'
import type { FactOf } from '../../../domain/order/facts.ts'
import { recordFact } from '../../../domain/order/record-fact.ts'
import { err, ok } from '../../../domain/result.ts'
import type { AnyCommand } from '../../../schemas/api/command.ts'
import type { endpoints } from '../../../schemas/api/endpoints.ts'
import type { OrderId } from '../../../schemas/canonical/identity.ts'
import type { OrderState } from '../../../schemas/stored/order-state.ts'
import { refusals } from '../once.ts'
import { problem } from '../problems.ts'
import type { Handle, Refusal } from '../route.ts'
import type { ServeApiDeps } from '../serve-api-deps.ts'
import { orderView } from './order-view.ts'
import { noSuchOrder } from './read-order.ts'

/** Gives a command once per key, and answers with the resulting order. */
export const executeCommand: Handle<typeof endpoints.giveCommand> = async (asked, deps) => {
  const { params, headers, body: command, by, traceparent } = asked
  const { id } = params
  const known = await deps.orders.read(id)
  if (!known) return err(noSuchOrder(id))
  const refusal = whyNot(known.state, command)
  if (refusal) return err(refusal)

  const key = ['command', by, id, headers['idempotency-key']]
  const given = await deps.once({ key, body: command }, async (): Promise<Done> => {
    const told = { id: nameOf(key), by }
    if (command.do === 'edit') return edit(id, { ...told, command }, deps)
    const fact = { type: 'command', ...told, command, at: deps.clock().toISOString() } as const
    const { state, events } = await recordFact({ id, traceparent }, fact, deps)
    return events.length > 0 || state.commands.includes(fact.id) ? {} : whatCameOf(state, fact)
  })
  if (!given.ok) return err(refusals[given.error])
  const { refused, impossible: unfit, unchanged } = given.value
  if (unfit) return err({ problem: problem('wrong-state', `${unfit.detail}.`, [unfit]) })
  if (refused !== undefined) {
    return err(
      impossible('#/field', refused, { fix: "write one of the order's fields, and a valid value" }),
    )
  }
  const after = await deps.orders.read(id)
  return ok({ ...orderView(after ?? known), ...(unchanged !== undefined && { unchanged }) })
}

/** Why a command changed nothing. */
function whatCameOf(state: OrderState, fact: FactOf<'command'>): Done {
  const executed = execute(state, fact)
  if (executed.ok) return {}
  const { error } = executed
  if (error.because === 'unchanged') return { unchanged: error.reason }
  return { impossible: { pointer: `#/${error.field}`, detail: error.reason, fix: error.fix } }
}

/** Why the field cannot be edited, if it cannot. */
async function edit(
  id: OrderId,
  editing: Parameters<typeof editOrder>[1],
  deps: ServeApiDeps,
): Promise<Done> {
  const edited = await editOrder(id, editing, deps)
  return edited.ok ? {} : { refused: edited.error.reason }
}

interface Done {
  readonly refused?: string
  readonly impossible?: { readonly pointer: string; readonly detail: string; readonly fix: string }
  readonly unchanged?: string
}

/** Two callers may choose the same key, so the command's id includes everything that scopes the key. */
export const nameOf = (key: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(key)).digest('base64url').slice(0, 22)

function whyNot(state: OrderState, command: AnyCommand): Refusal | undefined {
  if (command.do === 'retry' || command.do === 'answer') {
    const { intentId } = command
    if (intentId === undefined || Object.hasOwn(state.intents, intentId)) return undefined
    return impossible('#/intentId', 'the order has no such effect', {
      fix: `write one of ${Object.keys(state.intents).join(', ') || '(none yet)'}`,
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
  problem: problem('not-possible', "The order's state does not allow this.", [
    { pointer, detail, fix },
  ]),
})

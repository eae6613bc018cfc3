import type { Command } from '../../schemas/api/command.ts'
import type { OrderEvent } from '../../schemas/events/order-event.ts'
import type { LedgerLine, OrderState } from '../../schemas/stored/order-state.ts'
import { ok } from '../result.ts'
import { type Executed, impossible, unchanged } from './executed.ts'
import type { FactOf } from './facts.ts'
import { answerEvents } from './outcome.ts'
import { resolveException } from './resolve-exception.ts'
import { retry } from './retry.ts'

type Given = FactOf<'command'>

type Executions = {
  readonly [D in Command['do']]: (
    state: OrderState,
    command: Extract<Command, { readonly do: D }>,
    fact: Given,
  ) => Executed
}

/** The events of a person's command; none if there is nothing to do, for example when it is repeated. */
export function commandEvents(state: OrderState, fact: Given): readonly OrderEvent[] {
  const { id, by, command } = fact
  if (state.commands.includes(id)) return []
  const executed = execute(state, fact)
  return executed.ok ? [{ type: 'command.given', id, by, command }, ...executed.value] : []
}

/** The events of a command on the current order, or why it has none. */
export function execute(state: OrderState, fact: Given): Executed {
  const { command } = fact
  // The table is keyed by the command's own name, which TypeScript cannot follow through an index.
  const execution = executions[command.do] as (s: OrderState, c: Command, f: Given) => Executed
  return execution(state, command, fact)
}

const executions: Executions = {
  hold({ held, cancelledAt }, { reason }) {
    if (cancelledAt) return unchanged('the order is cancelled')
    if (held === reason) return unchanged('it is already on hold for this reason')
    return ok([{ type: 'order.held', reason }])
  },
  resume: ({ held }) =>
    held === undefined ? unchanged('the order is not on hold') : ok([{ type: 'order.resumed' }]),
  cancel,
  retry: (state, { intentId }) => retry(state, intentId),
  answer(state, { intentId, answer }, { at }) {
    const intent = state.intents[intentId]
    if (!intent) {
      return impossible('intentId', 'the order has no such effect', 'write one of its effects')
    }
    const { connection } = intent
    const events = answerEvents(state, { connection, intentId, answer, at })
    if (events.length > 0) return ok(events)
    const is = `${intentId} is ${intent.state}`
    if (answer.type === intent.state) return unchanged(`it is already ${is}`)
    return answer.type === 'not-done'
      ? impossible('answer/type', `it is ${is}, not in doubt`, 'give retry to try it again')
      : impossible(
          'answer/type',
          is,
          'correct it in the system; a finished effect stays finished here',
        )
  },
  resolve(state, command, fact) {
    const { note: reason, resolution } = command
    const resolved = resolveException(state, command)
    if (resolution !== 'cancel') return resolved
    const cancelled = cancel(state, { do: 'cancel', reason }, fact)
    return resolved.ok || isUnchanged(cancelled) ? cancelled : resolved
  },
}

const isUnchanged = (executed: Executed): boolean =>
  !executed.ok && executed.error.because === 'unchanged'

function cancel(
  state: OrderState,
  { lines, reason }: Extract<Command, { readonly do: 'cancel' }>,
  { at }: Given,
): Executed {
  if (state.cancelledAt) return unchanged('it is already cancelled')
  if (state.cancelRequestedAt) return unchanged('it is already being cancelled')
  const withdrawn = state.lines.map((line) => ({ id: line.id, removed: target(line, lines) }))
  const changed = withdrawn.filter(({ removed }, i) => removed !== state.lines[i]?.cancelledHere)
  // An order without units has nothing to withdraw, but can still be cancelled.
  const unitless = !lines && state.lines.every(({ ordered }) => ordered === 0)
  if (changed.length === 0 && !unitless) {
    return impossible(
      lines ? 'lines' : 'do',
      'all units have shipped or are cancelled: there is nothing to cancel',
      'have the parcel returned, and refund it at the channel',
    )
  }
  const all = withdrawn.every(({ removed }, i) => removed >= (state.lines[i]?.ordered ?? 0))
  return ok([
    { type: 'lines.withdrawn', lines: changed, reason },
    ...(all || !lines
      ? [{ type: 'order.cancel-requested', requestedAt: at, by: 'person', reason } as const]
      : []),
  ])
}

/** The removed units of a line that the channel will report after it has cancelled these too. */
function target(line: LedgerLine, lines: readonly { id: string; quantity: number }[] | undefined) {
  const known = Math.max(line.removed, line.cancelledHere)
  if (!lines) return Math.max(known, leftOf(line))
  const more = lines.find(({ id }) => id === line.id)?.quantity ?? 0
  return Math.min(leftOf(line), known + more)
}

/** Units of a line that have not shipped. */
const leftOf = (line: LedgerLine | undefined): number =>
  line ? Math.max(0, line.ordered - line.shipped - line.fulfilledByChannel) : 0

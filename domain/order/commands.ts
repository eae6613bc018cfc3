import type { Command } from '../../schemas/api/command.ts'
import type { ExceptionCode } from '../../schemas/events/exception.ts'
import type { OrderEvent } from '../../schemas/events/order-event.ts'
import type { LedgerLine, OrderState } from '../../schemas/stored/order-state.ts'
import { exceptionKey } from './exceptions.ts'
import type { FactOf } from './facts.ts'
import { answerEvents } from './outcome.ts'

type Given = FactOf<'command'>

type Executions = {
  readonly [D in Command['do']]: (
    state: OrderState,
    command: Extract<Command, { readonly do: D }>,
    fact: Given,
  ) => readonly OrderEvent[]
}

/** What a person's command means for an order; empty when there is nothing to do, for example the second time. */
export function commandEvents(state: OrderState, fact: Given): readonly OrderEvent[] {
  const { id, by, command } = fact
  if (state.commands.includes(id)) return []
  // The table is keyed by the command's own name, which TypeScript cannot follow through an index.
  const execute = executions[command.do] as (
    s: OrderState,
    c: Command,
    f: Given,
  ) => readonly OrderEvent[]
  const events = execute(state, command, fact)
  return events.length === 0 ? [] : [{ type: 'command.given', id, by, command }, ...events]
}

const executions: Executions = {
  hold: ({ held }, { reason }) => (held === reason ? [] : [{ type: 'order.held', reason }]),
  resume: ({ held }) => (held === undefined ? [] : [{ type: 'order.resumed' }]),
  cancel: (state, { lines, reason }, { at }) => {
    if (state.cancelledAt || state.cancelRequestedAt) return []
    const withdrawn = state.lines.map((line) => ({ id: line.id, removed: target(line, lines) }))
    const changed = withdrawn.filter(({ removed }, i) => removed !== state.lines[i]?.withdrawn)
    if (changed.length === 0) return []
    const all = withdrawn.every(({ removed }, i) => removed >= (state.lines[i]?.ordered ?? 0))
    return [
      { type: 'lines.withdrawn', lines: changed, reason },
      ...(all || !lines
        ? [{ type: 'order.cancel-requested', requestedAt: at, by: 'person', reason } as const]
        : []),
    ]
  },
  retry: ({ intents }, { intentId }) =>
    Object.entries(intents)
      .filter(([id]) => intentId === undefined || id === intentId)
      .filter(([, { state }]) => state === 'pending' || state === 'refused')
      .map(([id]) => ({ type: 'effect.woken', intentId: id })),
  answer: (state, { intentId, answer }, { at }) => {
    const connection = state.intents[intentId]?.connection
    return connection ? answerEvents(state, { connection, intentId, answer, at }) : []
  },
  settle: ({ exceptions }, { code, subject }) => {
    const standing = exceptions[exceptionKey(code, subject)]
    if (!standing || unsettled.has(code)) return []
    return [{ type: 'exception.settled', code, subject, reason: standing.reason }]
  },
}

/** Exceptions that end only when their cause does: by an answer, a mended connection, a route, or a `resume`. */
const unsettled: ReadonlySet<ExceptionCode> = new Set([
  'connection-halted',
  'in-doubt',
  'no-route',
  'on-hold',
  'overdue',
])

/** What the channel will say was removed from a line when it has taken back these units too. */
function target(line: LedgerLine, lines: readonly { id: string; quantity: number }[] | undefined) {
  const known = Math.max(line.removed, line.withdrawn)
  if (!lines) return Math.max(known, leftOf(line))
  const more = lines.find(({ id }) => id === line.id)?.quantity ?? 0
  return Math.min(leftOf(line), known + more)
}

/** Units of a line that nobody has sent. */
const leftOf = (line: LedgerLine | undefined): number =>
  line ? Math.max(0, line.ordered - line.shipped - line.handed) : 0

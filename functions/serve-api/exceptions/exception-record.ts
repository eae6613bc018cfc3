import { remedyOf } from '../../../domain/exceptions/remedies.ts'
import { decimal } from '../../../domain/money/minor-units.ts'
import { statusOf } from '../../../domain/order/state.ts'
import type { ExceptionRecord } from '../../../schemas/api/exception-record.ts'
import type { OrderState } from '../../../schemas/stored/order-state.ts'

type Standing = OrderState['exceptions'][string]

/** An order's open exceptions, each with its impact, age and remedies. */
export const recordsOf = (state: OrderState, now: Date): ExceptionRecord[] =>
  Object.values(state.exceptions)
    .toSorted((a, b) => a.deadline.localeCompare(b.deadline))
    .map((exception) => recordOf(state, exception, now))

function recordOf(state: OrderState, exception: Standing, now: Date): ExceptionRecord {
  const { code, subject, owner, reason, raisedAt, deadline } = exception
  const { seen } = state
  const status = statusOf(state)
  const { clears, commands, edits } = remedyOf(state, exception)
  return {
    order: {
      id: state.id,
      channel: state.connection,
      ...(seen && { number: seen.number }),
      status,
    },
    code,
    subject,
    owner,
    impact: {
      ...(seen && {
        money: { amount: decimal(seen.total, seen.currency), currency: seen.currency },
      }),
      customersWaiting: isOver.has(status) ? 0 : 1,
    },
    raisedAt,
    ageSeconds: Math.max(0, Math.floor((now.getTime() - Date.parse(raisedAt)) / 1000)),
    deadline,
    overdue: now.toISOString() > deadline,
    clears,
    commands: [...commands],
    ...(edits && { edits: [...edits] }),
    runbook: `docs/runbook.md#${code}`,
    fact: { connection: connectionOf(state, exception), reason },
  }
}

const isOver: ReadonlySet<string> = new Set(['cancelled', 'complete', 'shipped'])

/** An exception about an effect belongs to the system it was sent to; any other to the channel. */
const connectionOf = (state: OrderState, { subject }: Standing) =>
  state.intents[subject]?.connection ?? state.connection

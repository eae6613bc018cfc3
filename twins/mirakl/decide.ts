import type { TwinReply } from '../kit/twin.ts'
import { type Loose, listOf, textOf } from './body.ts'
import { lineIdOf, lineStateOf, linesOf, momentOf, stateOf, withLines } from './order.ts'
import { refusal } from './reply.ts'

/** OR21: every line that waits gets its yes or no; the codes are those that the operation documents. */
export function decided(order: Loose, body: Loose, now: Date): Loose | TwinReply {
  const id = textOf(order['order_id'])
  if (stateOf(order) !== 'WAITING_ACCEPTANCE') {
    return refusal(400, `ORDER_INVALID_STATE: order ${id} is ${stateOf(order)}`)
  }
  const said = listOf(body['order_lines'])
  const decisions = new Map(said.map((line) => [textOf(line['id']), line['accepted']]))
  const awaited = linesOf(order).filter((line) => lineStateOf(line) === 'WAITING_ACCEPTANCE')
  if (decisions.size < said.length) return refusal(400, 'ORDER_LINE_DUPLICATE_ID')
  if (awaited.some((line) => typeof decisions.get(lineIdOf(line)) !== 'boolean')) {
    return refusal(400, 'ORDER_LINE_ACCEPTANCE_DECISION_MISSING')
  }
  if (decisions.size > awaited.length) return refusal(400, 'ORDER_LINE_NOT_FOUND')

  const paysFirst = (order['payment_workflow'] ?? 'PAY_ON_ACCEPTANCE') === 'PAY_ON_ACCEPTANCE'
  const next = paysFirst ? 'WAITING_DEBIT' : 'SHIPPING'
  const lines = linesOf(order).map((line) =>
    decisions.has(lineIdOf(line))
      ? { ...line, order_line_state: decisions.get(lineIdOf(line)) ? next : 'REFUSED' }
      : line,
  )
  const state = [...decisions.values()].includes(true) ? next : 'REFUSED'
  const decision = { order_state: state, acceptance_decision_date: momentOf(now) }
  return withLines({ ...order, ...decision }, lines)
}

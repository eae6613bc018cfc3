import { json, refuse } from '../kit/answer.ts'
import { type Loose, listOf, loose } from '../kit/body.ts'
import type { TwinReply } from '../kit/twin.ts'

/** Mirakl's words for whatever went wrong. */
export const refusal = (status: number, message: string): TwinReply =>
  json(status, { status, message })

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** A number however it was kept or sent; Mirakl takes amounts in quotes too. */
export const numberOf = (value: unknown): number => {
  if (value === undefined || value === null) return 0
  const number = Number(typeof value === 'string' ? value : JSON.stringify(value))
  return Number.isFinite(number) ? number : 0
}

/** Sums of amounts without the dust of binary fractions. */
export const plus = (...amounts: readonly number[]): number =>
  Number(amounts.reduce((all, amount) => all + amount, 0).toFixed(4))

/** The part of a list that OR11 and OF21 are asked for: ten at a time unless asked for more. */
export function sliceOf<T>(all: readonly T[], query: URLSearchParams): readonly T[] {
  const max = numberOf(query.get('max') ?? '10')
  const offset = numberOf(query.get('offset') ?? '0')
  if (max < 1 || max > 100) {
    refuse(refusal(400, 'The limit of 100 is exceeded for the parameter : max'))
  }
  return all.slice(offset, offset + max)
}

/** States before SHIPPING, in which the addresses are left out. */
const early: ReadonlySet<string> = new Set([
  'STAGING',
  'WAITING_ACCEPTANCE',
  'WAITING_DEBIT',
  'WAITING_DEBIT_PAYMENT',
])

export const stateOf = (order: Loose): string => textOf(order['order_state'])
export const linesOf = (order: Loose): readonly Loose[] => listOf(order['order_lines'])
export const lineIdOf = (line: Loose): string => textOf(line['order_line_id'])
export const lineStateOf = (line: Loose): string => textOf(line['order_line_state'])

/** As Mirakl writes moments: whole seconds. */
export const momentOf = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`

/** The order as OR11 lists it: without addresses before it is to be shipped, with them from then on. */
export function asListed(order: Loose): Loose {
  const customer = loose(order['customer'])
  const address = (key: string) =>
    early.has(stateOf(order)) ? null : (customer[key] ?? sampleAddressOf(order))
  return {
    ...order,
    customer: {
      ...customer,
      billing_address: address('billing_address'),
      shipping_address: address('shipping_address'),
    },
  }
}

/** An order that was cancelled before then never has one. */
const sampleAddressOf = (order: Loose): Loose | null =>
  stateOf(order) === 'REFUSED' || stateOf(order) === 'CANCELED' ? null : sampleAddress

const sampleAddress = {
  civility: 'Mrs',
  firstname: 'Sam',
  lastname: 'Sample',
  street_1: '1 Sample Street',
  street_2: null,
  city: 'Sampleton',
  state: null,
  zip_code: '10000',
  country: 'France',
  country_iso_code: 'FRA',
  phone: null,
}

/** The order with new lines, and with the totals that they make. */
export function withLines(order: Loose, lines: readonly Loose[]): Loose {
  const standing = lines.filter((line) => lineStateOf(line) !== 'REFUSED')
  const total = (key: string) => plus(...standing.map((line) => numberOf(line[key])))
  return {
    ...order,
    order_lines: lines,
    price: total('price'),
    shipping_price: total('shipping_price'),
    total_price: total('total_price'),
  }
}

/** The order in a state, with its lines that were in the state before. */
export function movedTo(order: Loose, state: string, change: Loose = {}): Loose {
  const before = stateOf(order)
  const order_lines = linesOf(order).map((line) =>
    lineStateOf(line) === before ? { ...line, order_line_state: state, ...change } : line,
  )
  return { ...order, order_state: state, order_lines }
}

/** Units of a line that were not taken back. */
export function standingUnits(line: Loose): number {
  const back = [...listOf(line['cancelations']), ...listOf(line['refunds'])]
  return back.reduce((left, { quantity }) => left - numberOf(quantity), numberOf(line['quantity']))
}

/** OR21: every line that waits gets its yes or no; the codes are those that the operation documents. */
export function decided(order: Loose, body: Loose, now: Date): Loose {
  if (stateOf(order) !== 'WAITING_ACCEPTANCE') {
    const id = textOf(order['order_id'])
    refuse(refusal(400, `ORDER_INVALID_STATE: order ${id} is ${stateOf(order)}`))
  }
  const said = listOf(body['order_lines'])
  const decisions = new Map(said.map((line) => [textOf(line['id']), line['accepted']]))
  const awaited = linesOf(order).filter((line) => lineStateOf(line) === 'WAITING_ACCEPTANCE')
  if (decisions.size < said.length) refuse(refusal(400, 'ORDER_LINE_DUPLICATE_ID'))
  if (awaited.some((line) => typeof decisions.get(lineIdOf(line)) !== 'boolean')) {
    refuse(refusal(400, 'ORDER_LINE_ACCEPTANCE_DECISION_MISSING'))
  }
  if (decisions.size > awaited.length) refuse(refusal(400, 'ORDER_LINE_NOT_FOUND'))

  const paysFirst = (order['payment_workflow'] ?? 'PAY_ON_ACCEPTANCE') === 'PAY_ON_ACCEPTANCE'
  const next = paysFirst ? 'WAITING_DEBIT' : 'SHIPPING'
  const lines = linesOf(order).map((line) =>
    decisions.has(lineIdOf(line))
      ? { ...line, order_line_state: decisions.get(lineIdOf(line)) ? next : 'REFUSED' }
      : line,
  )
  const state = [...decisions.values()].includes(true) ? next : 'REFUSED'
  return withLines({ ...order, order_state: state, acceptance_decision_date: momentOf(now) }, lines)
}

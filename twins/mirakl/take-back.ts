import { refuse } from '../kit/answer.ts'
import { type Loose, listOf, loose } from '../kit/body.ts'
import {
  lineIdOf,
  lineStateOf,
  linesOf,
  momentOf,
  numberOf,
  plus,
  refusal,
  standingUnits,
  stateOf,
  textOf,
  withLines,
} from './order.ts'

interface TakenBack {
  readonly changed: readonly Loose[]
  readonly answer: readonly Loose[]
}

interface Asking {
  readonly parts: readonly Loose[]
  /** The order that has a line. */
  readonly find: (lineId: string) => Loose | undefined
  readonly now: Date
}

/** OR30: takes amounts and units out of lines, as long as the order may be cancelled. */
export function cancelled({ parts, find, now }: Asking): TakenBack {
  return each({ parts, find, now }, (order, line, part) => {
    assertCancellable(order)
    assertFits(line, part)
    const id = `${lineIdOf(line)}-C${listOf(line['cancelations']).length + 1}`
    const reduced = without(line, part)
    const gone = standingUnits(line) - numberOf(part['quantity']) <= 0
    const cancelations = [...listOf(line['cancelations']), { id, ...noted(part, now) }]
    return {
      line: {
        ...reduced,
        cancelations,
        ...(gone && { order_line_state: 'CANCELED' }),
      },
      answer: { cancelation_id: id, ...answered(part) },
    }
  })
}

/** OR28: notes refunds, which leave a line's amounts as they are, once the buyer has paid. */
export function refunded({ parts, find, now }: Asking): TakenBack {
  return each({ parts, find, now }, (order, line, part) => {
    if (!order['customer_debited_date']) refuse(refusal(400, 'The order has not been debited'))
    assertFits(line, part)
    const id = `${lineIdOf(line)}-R${listOf(line['refunds']).length + 1}`
    const state = { state: 'WAITING_REFUND_PAYMENT', refund_state: 'WAITING_REFUND_PAYMENT' }
    const group = { order_refund_id: id }
    const { excluded_from_shipment: _, ...rest } = noted(part, now)
    const more = { commission_tax_amount: 0 }
    const refunds = [...listOf(line['refunds']), { id, ...group, ...state, ...more, ...rest }]
    return { line: { ...line, refunds }, answer: { refund_id: id, ...group, ...answered(part) } }
  })
}

/** OR29: everything that still stands. */
export function cancelledWhole(order: Loose, now: Date): Loose {
  assertCancellable(order)
  const lines = linesOf(order).map((line) => {
    if (['REFUSED', 'CANCELED'].includes(lineStateOf(line))) return line
    const part = {
      quantity: standingUnits(line),
      amount: numberOf(line['price']),
      shipping_amount: numberOf(line['shipping_price']),
      taxes: listOf(line['taxes']).map(worth),
      shipping_taxes: listOf(line['shipping_taxes']).map(worth),
      fees: listOf(line['fees']).map(worth),
    }
    const id = `${lineIdOf(line)}-C${listOf(line['cancelations']).length + 1}`
    const cancelations = [...listOf(line['cancelations']), { id, ...noted(part, now) }]
    return { ...without(line, part), cancelations, order_line_state: 'CANCELED' }
  })
  return closed(withLines(order, lines))
}

type Change = (
  order: Loose,
  line: Loose,
  part: Loose,
) => { readonly line: Loose; readonly answer: Loose }

/** All or nothing. */
function each({ parts, find }: Asking, change: Change): TakenBack {
  const orders = new Map<string, Loose>()
  const answer: Loose[] = []
  for (const part of parts) {
    const lineId = textOf(part['order_line_id'])
    const found = find(lineId)
    const order = found && (orders.get(textOf(found['order_id'])) ?? found)
    const line = order && linesOf(order).find((one) => lineIdOf(one) === lineId)
    if (!line) refuse(refusal(404, `Order line ${lineId} not found`))
    const done = change(order, line, part)
    answer.push(done.answer)
    const lines = linesOf(order).map((one) => (one === line ? done.line : one))
    orders.set(textOf(order['order_id']), closed(withLines(order, lines)))
  }
  return { changed: [...orders.values()], answer }
}

function assertCancellable(order: Loose): void {
  if (order['can_cancel'] !== true) refuse(refusal(400, 'The order cannot be canceled'))
}

/** Without a line that stands, there is no order left. */
function closed(order: Loose): Loose {
  const over = linesOf(order).every((line) => ['REFUSED', 'CANCELED'].includes(lineStateOf(line)))
  const refundedAll = linesOf(order).every((line) => standingUnits(line) <= 0)
  return {
    ...order,
    ...(over && { order_state: 'CANCELED', can_cancel: false }),
    ...(!over && refundedAll && { fully_refunded: true }),
  }
}

function assertFits(line: Loose, part: Loose): void {
  const wrong = misfit(line, part)
  if (wrong) refuse(refusal(400, wrong))
}

/** What is wrong with a part of a line, in Mirakl's way of wanting every tax named. */
function misfit(line: Loose, part: Loose): string | undefined {
  if (!textOf(part['reason_code'])) return 'The reason code is mandatory'
  if (numberOf(part['quantity']) > standingUnits(line)) return 'The quantity is invalid'
  if (numberOf(part['amount']) > numberOf(line['price'])) return 'The amount is invalid'
  for (const key of ['taxes', 'shipping_taxes']) {
    const codes = listOf(part[key]).map(({ code }) => code)
    const missing = listOf(line[key]).filter(({ code }) => !codes.includes(code))
    if (missing.length > 0) return `The field ${key} is mandatory`
  }
  return ['SHIPPED', 'RECEIVED', 'CLOSED'].includes(stateOf(line)) ? 'The line has left' : undefined
}

function without(line: Loose, part: Loose): Loose {
  const left = (key: string, by: unknown) => plus(numberOf(line[key]), -numberOf(by))
  const less = (key: string) =>
    listOf(line[key]).map((tax) => {
      const back = listOf(part[key]).filter(({ code }) => code === tax['code'])
      const amounts = back.map(({ amount }) => -numberOf(amount))
      return { ...tax, amount: plus(numberOf(tax['amount']), ...amounts) }
    })
  const fees = less('fees')
  const price = left('price', part['amount'])
  const shipping_price = left('shipping_price', part['shipping_amount'])
  const total_price = plus(price, shipping_price, ...fees.map(({ amount }) => numberOf(amount)))
  const taxes = { taxes: less('taxes'), shipping_taxes: less('shipping_taxes') }
  return { ...line, price, shipping_price, total_price, fees, ...taxes }
}

const worth = (thing: Loose): Loose => ({ code: thing['code'], amount: numberOf(thing['amount']) })

const commission = { commission_amount: 0, commission_taxes: [], commission_total_amount: 0 }

/** As OR11 lists it afterwards. */
const noted = (part: Loose, now: Date): Loose => {
  const { order_line_id: _, currency_iso_code: __, ...rest } = loose(part)
  return { ...rest, ...commission, created_date: momentOf(now) }
}

const answered = (part: Loose): Loose => ({ ...part, quantity: numberOf(part['quantity']) })

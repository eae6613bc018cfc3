import { type Loose, listOf, loose, numberOf, plus, textOf } from './body.ts'

/** States before SHIPPING, in which the addresses are not told. */
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

/** The order as the API tells it: nobody's address before it is to be shipped, and somebody's from then on. */
export function told(order: Loose): Loose {
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

/** Whoever was cancelled before has none for good. */
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

/** Units of a line that nobody took back. */
export function standingUnits(line: Loose): number {
  const back = [...listOf(line['cancelations']), ...listOf(line['refunds'])]
  return back.reduce((left, { quantity }) => left - numberOf(quantity), numberOf(line['quantity']))
}

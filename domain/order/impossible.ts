import { exponentOf, type Minor } from '../../schemas/canonical/money.ts'
import { maxUnits, type OrderDocument, type OrderLine } from '../../schemas/canonical/order.ts'
import { decimal } from '../money/minor-units.ts'
import { sumOfParts } from './sum.ts'

/** A field of an order with an impossible value, whatever the channel. */
export interface Wrong {
  readonly path: readonly (string | number)[]
  /** Its value, for people. */
  readonly is: string
  readonly fix: string
}

/** The impossible values of an order. Such an order is not posted or released and takes no stock. */
export function impossibleIn(order: OrderDocument): readonly Wrong[] {
  if (exponentOf(order.currency) === undefined) {
    return [{ path: ['currency'], is: order.currency, fix: 'write a currency of ISO 4217' }]
  }
  const wrong = [
    ...repeatedIds(order),
    ...quantities(order),
    ...negatives(order),
    ...discounts(order),
    ...taxes(order),
  ]
  // Sums of wrong values would only repeat the findings.
  return wrong.length > 0 ? wrong : beyondCounting(order)
}

/** Findings that a reason lists at most; the first ones show the pattern. */
const most = 5

/** The findings as text for the person who corrects the order; `undefined` if there are none. */
export function inWords(wrong: readonly Wrong[]): string | undefined {
  if (wrong.length === 0) return undefined
  const said = wrong.slice(0, most).map(({ path, is, fix }) => `${pathOf(path)} is ${is}: ${fix}`)
  const more = wrong.length > most ? [`and ${wrong.length - most} more`] : []
  return [...said, ...more].join('; ')
}

/** In JavaScript notation: `lines[1].id`. */
const pathOf = (path: Wrong['path']): string =>
  path
    .map((key, at) => (typeof key === 'number' ? `[${key}]` : `${at > 0 ? '.' : ''}${key}`))
    .join('')

function repeatedIds({ lines }: OrderDocument): readonly Wrong[] {
  const first = new Map<string, number>()
  return lines.flatMap(({ id }, index): Wrong[] => {
    const before = first.get(id)
    if (before === undefined) {
      first.set(id, index)
      return []
    }
    const is = `${id}, also the id of lines[${before}]`
    return [{ path: ['lines', index, 'id'], is, fix: 'give every line its own id' }]
  })
}

const quantities = ({ lines }: OrderDocument): readonly Wrong[] =>
  lines.flatMap(({ quantity, removed }, index): Wrong[] => [
    ...(quantity > maxUnits
      ? [
          {
            path: ['lines', index, 'quantity'],
            is: String(quantity),
            fix: `a line has at most ${maxUnits} units`,
          },
        ]
      : []),
    ...(removed > quantity
      ? [
          {
            path: ['lines', index, 'removed'],
            is: `${removed} of ${quantity}`,
            fix: 'remove at most the units that were sold',
          },
        ]
      : []),
  ])

/** An amount of the order and its path. */
type Placed = readonly [path: Wrong['path'], amount: Minor | undefined]

/** All amounts that must not be negative. The order's `tax` is not one: it is a remainder, checked by `taxes`. */
function amountsOf(order: OrderDocument): readonly Placed[] {
  const of = <T extends object>(
    rows: readonly T[],
    name: string,
    fields: readonly (keyof T & string)[],
  ) =>
    rows.flatMap((row, index) =>
      fields.map((field): Placed => [[name, index, field], Number(row[field])]),
    )
  return [
    ...of(order.lines, 'lines', ['unitPrice', 'discount', 'tax']),
    ...of(order.shipping, 'shipping', ['price', 'discount', 'tax']),
    ...of(order.charges, 'charges', ['amount']),
    ...of(order.tenders ?? [], 'tenders', ['amount']),
    [['discount'], order.discount],
    [['facilitatedTax'], order.facilitatedTax],
    [['total'], order.total],
    [['currentTotal'], order.currentTotal],
  ]
}

const negatives = (order: OrderDocument): readonly Wrong[] =>
  amountsOf(order).flatMap(([path, amount = 0]) =>
    amount < 0 ? [{ path, is: money(amount, order), fix: 'it must be at least 0' }] : [],
  )

/**
 * If buyers pay in another currency, the channel rounds a unit price by up to half a unit; `sum.ts` checks such
 * differences.
 */
const rounding = ({ quantity }: OrderLine): Minor => Math.floor(quantity / 2)

function discounts(order: OrderDocument): readonly Wrong[] {
  const { lines, shipping, charges, discount } = order
  const worth = (line: OrderLine) => Math.max(0, line.unitPrice) * line.quantity
  const whole =
    sum(lines, worth) +
    sum(shipping, ({ price }) => price) +
    sum(charges, ({ amount }) => amount) +
    (order.taxesIncluded ? 0 : taxOf(order))
  const allocated = sum(lines, (line) => line.discount) + sum(shipping, (line) => line.discount)
  const over = (path: Wrong['path'], amount: Minor, of: Minor): Wrong[] => [
    {
      path,
      is: `${money(amount, order)} on ${money(of, order)}, which leaves ${money(of - amount, order)}`,
      fix: 'a discount is at most the amount it applies to',
    },
  ]
  return [
    ...lines.flatMap((line, index) =>
      line.discount > worth(line) + rounding(line)
        ? over(['lines', index, 'discount'], line.discount, worth(line))
        : [],
    ),
    ...shipping.flatMap((line, index) =>
      line.discount > Math.max(0, line.price)
        ? over(['shipping', index, 'discount'], line.discount, line.price)
        : [],
    ),
    ...(discount > 0 && discount > whole - allocated + sum(lines, rounding)
      ? over(['discount'], discount, whole - allocated)
      : []),
  ]
}

function taxes(order: OrderDocument): readonly Wrong[] {
  const all = taxOf(order)
  return [
    ...order.lines.flatMap((line, index) =>
      line.quantity === 0 && line.tax > 0
        ? [
            {
              path: ['lines', index, 'tax'],
              is: `${money(line.tax, order)} on 0 units`,
              fix: 'units that were not sold have no tax',
            },
          ]
        : [],
    ),
    ...(all < 0
      ? [{ path: ['tax'], is: `${money(all, order)} in total`, fix: 'it must be at least 0' }]
      : []),
  ]
}

const taxOf = ({ lines, shipping, tax }: OrderDocument): Minor =>
  tax + sum(lines, (line) => line.tax) + sum(shipping, (line) => line.tax)

/** Above 2^53, cents are lost. */
function beyondCounting(order: OrderDocument): readonly Wrong[] {
  const fix = 'lower it until the amount can be exact to the cent'
  const lines = order.lines.flatMap(({ unitPrice, quantity }, index): Wrong[] =>
    Number.isSafeInteger(unitPrice * quantity)
      ? []
      : [
          {
            path: ['lines', index, 'unitPrice'],
            is: `${money(unitPrice, order)} for each of ${quantity} units`,
            fix,
          },
        ],
  )
  if (lines.length > 0 || Number.isSafeInteger(sumOfParts(order))) return lines
  return [
    {
      path: ['total'],
      is: money(order.total, order),
      fix: 'the sum of its parts cannot be exact to the cent',
    },
  ]
}

const money = (amount: Minor, { currency }: OrderDocument): string =>
  `${decimal(amount, currency)} ${currency}`

const sum = <T>(things: readonly T[], amountOf: (thing: T) => number): number =>
  things.reduce((all, thing) => all + amountOf(thing), 0)

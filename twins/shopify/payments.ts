import { exponentOf } from '../../schemas/canonical/money.ts'
import { type Loose, listOf, loose } from '../kit/body.ts'
import { minorOf as inMinorUnits } from '../kit/money.ts'
import { idOf, textOf, unitsOf } from './body.ts'
import type { OpenOrder } from './order.ts'

/** A transaction as a body may bring it, or as the shop must have had it to be paid by one gateway. */
export interface Payment {
  readonly id: string
  readonly parent?: string
  readonly kind: string
  readonly status: string
  readonly gateway: string
  readonly amount: string
}

export function paymentsOf({ id, wire }: OpenOrder): readonly Payment[] {
  const brought = listOf(wire['transactions'])
  if (brought.length > 0) return brought.map(toPayment)
  const [gateway, ...others] = gatewaysOf(wire)
  const kind = kinds.get(textOf(wire['financial_status']) ?? '')
  if (gateway === undefined || others.length > 0 || !kind) return []
  const amount = textOf(wire['total_price']) ?? '0'
  return [{ id: `${id}900`, kind, status: 'SUCCESS', gateway, amount }]
}

const kinds: ReadonlyMap<string, string> = new Map([
  ['authorized', 'AUTHORIZATION'],
  ['paid', 'SALE'],
  ['partially_refunded', 'SALE'],
  ['refunded', 'SALE'],
])

function toPayment(wire: Loose): Payment {
  const parent = textOf(wire['parent_id'])
  return {
    id: idOf(wire) ?? '0',
    ...(parent !== null && { parent }),
    kind: (textOf(wire['kind']) ?? 'sale').toUpperCase(),
    status: (textOf(wire['status']) ?? 'success').toUpperCase(),
    gateway: textOf(wire['gateway']) ?? '',
    amount: textOf(wire['amount']) ?? '0',
  }
}

export const gatewaysOf = (wire: Loose): readonly string[] =>
  Array.isArray(wire['payment_gateway_names'])
    ? wire['payment_gateway_names'].flatMap((name) => textOf(name) ?? [])
    : []

export const currencyOf = (wire: Loose): string => textOf(wire['currency']) ?? ''

export const minorOf = (amount: unknown, currency: string): number =>
  inMinorUnits(Number(textOf(amount) ?? '0'), currency) || 0

/** Minor units as text: 1250 USD is "12.50", 1000 JPY is "1000". */
export function decimal(minor: number, currency: string): string {
  const places = exponentOf(currency) ?? 2
  return (minor / 10 ** places).toFixed(places)
}

/** The buyer's amount of a shop's amount, by the rate of the whole order. */
export function presented(wire: Loose, amount: string): { amount: string; currencyCode: string } {
  const currency = currencyOf(wire)
  const set = loose(loose(wire['total_price_set'])['presentment_money'])
  const other = textOf(set['currency_code']) ?? textOf(wire['presentment_currency']) ?? currency
  const whole = minorOf(wire['total_price'], currency)
  if (other === currency || set['amount'] === undefined || whole === 0) {
    return { amount, currencyCode: other }
  }
  const share = (minorOf(amount, currency) * minorOf(set['amount'], other)) / whole
  return { amount: decimal(Math.round(share), other), currencyCode: other }
}

/** What so many more units of a line are worth, when some were paid back before; all of them together are the line. */
export function worthOf(
  wire: Loose,
  line: Loose,
  { before, units }: { before: number; units: number },
) {
  const currency = currencyOf(wire)
  const quantity = unitsOf(line['quantity'], 1) || 1
  const sum = (list: unknown, field: string) =>
    listOf(list).reduce((all, part) => all + minorOf(part[field], currency), 0)
  const taxes = wire['taxes_included'] === true ? 0 : sum(line['tax_lines'], 'price')
  const discounts = sum(line['discount_allocations'], 'amount')
  const all = minorOf(line['price'], currency) * quantity - discounts + taxes
  const upTo = (count: number) => Math.round((all * Math.min(count, quantity)) / quantity)
  return upTo(before + units) - upTo(before)
}

import { textOf } from './body.ts'
import type { OpenOrder } from './order.ts'
import { currencyOf, type Payment, paymentsOf, presented } from './payments.ts'

/** GraphQL writes at least one decimal and no trailing zeros beyond it, whatever the currency: 1000 JPY is "1000.0". */
export function moneyBag(amount: unknown, currencyCode: string) {
  const shopMoney = { amount: shown(textOf(amount) ?? '0'), currencyCode }
  return { shopMoney, presentmentMoney: shopMoney }
}

export function presentedBag({ wire }: OpenOrder, amount: unknown) {
  const text = textOf(amount) ?? '0'
  const money = presented(wire, text)
  return {
    ...moneyBag(text, currencyOf(wire)),
    presentmentMoney: { ...money, amount: shown(money.amount) },
  }
}

function shown(text: string): string {
  const [whole = '0', fraction = ''] = text.split('.')
  return `${whole}.${fraction.replace(/0+$/, '') || '0'}`
}

type Transaction = Omit<Payment, 'parent' | 'amount'> & {
  readonly amountSet: ReturnType<typeof presentedBag>
  readonly parentTransaction: Transaction | null
}

export function toTransaction(order: OpenOrder, payment: Payment): Transaction {
  const { parent, amount, ...fields } = payment
  const above = paymentsOf(order).find(({ id }) => id === parent && id !== payment.id)
  return {
    ...fields,
    id: `gid://shopify/OrderTransaction/${payment.id}`,
    amountSet: presentedBag(order, amount),
    parentTransaction: above ? toTransaction(order, { ...above, parent: undefined }) : null,
  }
}

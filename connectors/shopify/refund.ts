import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Account } from '../../domain/account.ts'
import { except, type Failure } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { ask } from './client.ts'
import type { Units } from './deliveries.ts'
import { refusal, spent, UserError } from './interpret.ts'
import { ShopifySettings } from './settings.ts'
import type { StandingSale } from './standing-sale.ts'

export interface Refund {
  readonly sale: StandingSale
  readonly units: Units
  /** Makes the refund known again. */
  readonly note: string
}

/** Keys that are tried when Shopify remembers one for an attempt that failed. */
const keys = 3

/** Takes units back, and their money the way it came. Answers the refund's id. */
export async function makeRefund(
  account: Account,
  refund: Refund,
): Promise<Result<string, Failure>> {
  const input = await inputOf(account, refund)
  if (!input.ok) return input
  for (let attempt = 1; attempt < keys; attempt++) {
    const made = await attemptRefund(account, input.value, keyOf(refund, attempt))
    if (made.ok || made.error !== spent) return made
  }
  return attemptRefund(account, input.value, keyOf(refund, keys))
}

const Refunded = z.object({
  refundCreate: z.object({
    refund: z.object({ id: z.string() }).nullish(),
    userErrors: z.array(UserError),
  }),
})

async function attemptRefund(
  account: Account,
  input: object,
  key: string,
): Promise<Result<string, Failure>> {
  const answer = await ask(account, {
    kind: 'write',
    operation: 'refund',
    variables: { input, key },
    answer: Refunded,
  })
  if (!answer.ok) return answer
  const { refund, userErrors } = answer.value.refundCreate
  const refused = refusal(userErrors)
  if (refused) return err(refused)
  return refund
    ? ok(refund.id)
    : err(except('effect-refused', 'shopify made no refund and gave no reason'))
}

const Located = z.object({
  lineItem: z.object({ id: z.string() }),
  location: z.object({ id: z.string() }).nullish(),
})

const Payment = z.object({
  gateway: z.string().nullish(),
  parentTransaction: z.object({ id: z.string() }).nullish(),
  amountSet: z.object({ presentmentMoney: z.object({ amount: z.string() }) }),
})

const Suggested = z.object({
  order: z.object({
    suggestedRefund: z.object({
      refundLineItems: z.array(Located),
      suggestedTransactions: z.array(Payment),
    }),
  }),
})

async function inputOf(
  account: Account,
  { sale, units, note }: Refund,
): Promise<Result<object, Failure>> {
  const settings = ShopifySettings.parse(account.settings)
  const restockType = settings.restockCancelled ? 'CANCEL' : 'NO_RESTOCK'
  const lines = [...units].map(([id, quantity]) => ({
    lineItemId: `gid://shopify/LineItem/${id}`,
    quantity,
    restockType,
  }))
  const answer = await ask(account, {
    operation: 'suggestRefund',
    variables: { id: sale.id, lines },
    answer: Suggested,
  })
  if (!answer.ok) return answer
  const { refundLineItems, suggestedTransactions } = answer.value.order.suggestedRefund
  const locations = new Map(refundLineItems.map((line) => [line.lineItem.id, line.location?.id]))
  const locationOf = (id: string) => (settings.restockCancelled ? locations.get(id) : undefined)
  return ok({
    orderId: sale.id,
    currency: sale.presentmentCurrency,
    note,
    notify: settings.notifyCustomer,
    refundLineItems: lines.map((line) => {
      const locationId = locationOf(line.lineItemId)
      return { ...line, ...(locationId && { locationId }) }
    }),
    transactions: settings.refundCancelled
      ? suggestedTransactions.flatMap((payment) => paidBack(sale.id, payment))
      : [],
  })
}

/** Of a payment that was only authorized nothing goes back: less of it is captured. */
function paidBack(
  orderId: string,
  { gateway, parentTransaction, amountSet }: z.infer<typeof Payment>,
): object[] {
  const { amount } = amountSet.presentmentMoney
  if (!/[1-9]/.test(amount)) return []
  const parent = parentTransaction && { parentId: parentTransaction.id }
  return [{ orderId, kind: 'REFUND', gateway: gateway ?? '', amount, ...parent }]
}

/**
 * The same for every attempt at the same units of an order that stands the same, whatever Shopify suggests for them by
 * then, so that a second one can only repeat the first or be refused.
 */
function keyOf({ sale, units, note }: Refund, attempt: number): string {
  const standing = sale.lines
    .filter(({ id }) => units.has(id))
    .map(({ id, gone }) => [id, gone, units.get(id)])
  const what = JSON.stringify([sale.id, note, standing, attempt])
  const hex = createHash('sha256').update(what).digest('hex')
  return [0, 8, 12, 16, 20].map((at, i) => hex.slice(at, [8, 12, 16, 20, 32][i])).join('-')
}

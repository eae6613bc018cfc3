import { z } from 'zod'
import type { Account } from '../../domain/account.ts'
import type { Effect, Subject, SubjectLine } from '../../domain/effects/effect.ts'
import { doubt, except, type Failure, retry } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import { Text } from '../kit/shapes.ts'
import { askOrder, everyNode, idOfGid, make, pageOf, withKey } from './client.ts'
import { ShopifySettings } from './settings.ts'

/**
 * Takes back at the shop what Crossdock's people cancelled: the whole order by cancelling it, some units by refunding
 * them. Every attempt first compares what stands at the shop with what should; a refund carries a key besides.
 */
export const cancelSale: Effect = {
  safety: { by: 'lookup', lagSeconds: 10 },
  find: 'always',
  look: async (account, subject) => {
    const found = await findSale(account, subject)
    return found.ok ? ok(found.value.done) : found
  },
  make: async (account, subject) => {
    const found = await findSale(account, subject)
    if (!found.ok) return found
    const { sale, takeBack, done } = found.value
    if (done) return ok(done)
    if (takeBack.whole) return cancel(account, sale, subject)
    const refund = await makeRefund(account, { sale, units: takeBack.units, subject })
    return refund.ok ? ok({ id: refund.value.id, number: sale.name }) : refund
  },
}

interface Found {
  readonly sale: Sale
  readonly takeBack: TakeBack
  /** Nothing is left to do. */
  readonly done: Reference | undefined
}

async function findSale(account: Account, subject: Subject): Promise<Result<Found, Failure>> {
  const read = await readSale(account, subject)
  if (!read.ok) return read
  const sale = read.value
  const none: TakeBack = { units: new Map(), whole: true }
  if (sale.cancelledAt) return ok({ sale, takeBack: none, done: toReference(sale) })
  const takeBack = takeBackOf(subject, sale)
  if (!takeBack.ok) return takeBack
  const refund = sale.refunds.find(({ note }) => note === noteOf(subject))
  const done = takeBack.value.units.size === 0 ? toReference(sale, refund) : undefined
  return ok({ sale, takeBack: takeBack.value, done })
}

const toReference = ({ id, name }: Sale, refund?: { readonly id: string }): Reference => ({
  id: refund?.id ?? id,
  number: name,
})

/** The intent, in words that staff can read at the shop. */
const noteOf = ({ intentId = 'cancel-sale', order }: Subject): string =>
  `Crossdock ${intentId} of ${order.id}`

/** Seconds after which nobody expects a cancellation still to be under way. */
const jobSeconds = 15

/** Shopify cancels by a job; only the order itself says whether it came to an end. */
async function cancel(
  account: Account,
  sale: Sale,
  subject: Subject,
): Promise<Result<Reference, Failure>> {
  const settings = ShopifySettings.parse(account.settings)
  const job = await make(account, {
    operation: 'cancel',
    answer: z.object({ id: z.string() }),
    variables: {
      id: sale.id,
      restock: settings.restockCancelled,
      refundMethod: { originalPaymentMethodsRefund: settings.refundCancelled },
      notify: settings.notifyCustomer,
      note: noteOf(subject),
    },
  })
  if (!job.ok && job.error.next !== 'except') return job
  const now = await readSale(account, subject)
  if (now.ok && now.value.cancelledAt) return ok(toReference(sale))
  return job.ok
    ? err(doubt('shopify took the cancellation and has not finished it', jobSeconds))
    : job
}

const Line = z
  .object({
    id: z.string(),
    sku: Text,
    requiresShipping: z.boolean(),
    quantity: z.int(),
    currentQuantity: z.int(),
    unfulfilledQuantity: z.int(),
    nonFulfillableQuantity: z.int(),
  })
  .transform((line) => ({
    id: idOfGid(line.id) ?? line.id,
    /** A tip is neither shipped nor has it a SKU. */
    isGoods: line.requiresShipping || Boolean(line.sku),
    current: line.currentQuantity,
    /** Units taken back, by whomever. */
    gone: line.quantity - line.currentQuantity,
    unfulfilled: line.unfulfilledQuantity,
    fulfilled: line.quantity - line.unfulfilledQuantity - line.nonFulfillableQuantity,
  }))
type Line = z.infer<typeof Line>

const Standing = z.object({
  id: z.string(),
  name: z.string(),
  cancelledAt: Text,
  presentmentCurrencyCode: z.string(),
  refunds: z.array(z.object({ id: z.string(), note: Text })),
  lineItems: pageOf(Line),
})

/** What stands of an order at the shop now. */
interface Sale extends Omit<z.infer<typeof Standing>, 'lineItems'> {
  readonly lines: readonly Line[]
}

async function readSale(account: Account, { order }: Subject): Promise<Result<Sale, Failure>> {
  const read = (after: string | null) =>
    askOrder(account, order.channelOrderId, {
      operation: 'sale',
      variables: { after },
      answer: Standing,
    })
  const first = await read(null)
  if (!first.ok) return first
  const { lineItems, ...sale } = first.value
  const lines = await everyNode(lineItems, async (after) => {
    const page = await read(after)
    return page.ok ? ok(page.value.lineItems) : page
  })
  return lines.ok ? ok({ ...sale, lines: lines.value }) : lines
}

interface TakeBack {
  /** Units that are still to be taken back, by line id. */
  readonly units: ReadonlyMap<string, number>
  /** Nothing of the order stands afterwards, and nothing of it was fulfilled. */
  readonly whole: boolean
}

/**
 * What is left to take back, by what the shop holds now: an earlier attempt's units are gone there, and so are those that
 * somebody else took back meanwhile, which the ledger takes for the same ones.
 */
function takeBackOf(
  { order, lines }: Pick<Subject, 'order' | 'lines'>,
  sale: Sale,
): Result<TakeBack, Failure> {
  const known = new Map(order.lines.map((line) => [line.id, line]))
  const added = sale.lines.find(
    ({ id, isGoods, current }) => isGoods && current > 0 && !known.has(id),
  )
  if (added) return err(retry(`the shop has a line ${added.id}, which was not read yet`))

  const units = new Map<string, number>()
  for (const wanted of lines.filter(({ quantity }) => quantity > 0)) {
    const line = sale.lines.find(({ id }) => id === wanted.id)
    if (!line) return err(except('effect-refused', `the shop has no line ${wanted.id}`))
    const rest = restOf(wanted, line, known.get(wanted.id)?.removed ?? 0)
    if (rest > line.unfulfilled) return err(except('effect-refused', tooLate(line, rest)))
    if (rest > 0) units.set(line.id, rest)
  }
  const isGone = ({ id, current, fulfilled }: Line): boolean =>
    fulfilled <= 0 && current === (units.get(id) ?? 0)
  // Lines that no ledger has are tips, which go back with the order they were given for.
  return ok({ units, whole: sale.lines.every((line) => !known.has(line.id) || isGone(line)) })
}

const restOf = ({ quantity, takenInAll }: SubjectLine, { gone }: Line, removed: number): number =>
  Math.min(quantity, (takenInAll ?? removed + quantity) - gone)

const tooLate = ({ id, unfulfilled }: Line, rest: number): string =>
  `${rest} of line ${id} are to be taken back, and at the shop only ${unfulfilled} of it are not fulfilled; take the others back as a return`

interface Refund {
  readonly sale: Sale
  readonly units: TakeBack['units']
  readonly subject: Subject
}

/**
 * Takes units back, and their money the way it came. The key is the same for every attempt at the same units of an order that
 * stands the same, whatever Shopify suggests for them by then, so that a second one can only repeat the first or be refused.
 */
async function makeRefund(account: Account, refund: Refund) {
  const input = await inputOf(account, refund)
  if (!input.ok) return input
  const { sale, units, subject } = refund
  const standing = sale.lines
    .filter(({ id }) => units.has(id))
    .map(({ id, gone }) => [id, gone, units.get(id)])
  return withKey([sale.id, noteOf(subject), standing], (key) =>
    make(account, {
      operation: 'refund',
      variables: { input: input.value, key },
      answer: z.object({ id: z.string() }),
    }),
  )
}

const Payment = z.object({
  gateway: Text,
  parentTransaction: z.object({ id: z.string() }).nullish(),
  amountSet: z.object({ presentmentMoney: z.object({ amount: z.string() }) }),
})

const Suggested = z.object({
  suggestedRefund: z.object({
    refundLineItems: z.array(
      z.object({
        lineItem: z.object({ id: z.string() }),
        location: z.object({ id: z.string() }).nullish(),
      }),
    ),
    suggestedTransactions: z.array(Payment),
  }),
})

async function inputOf(account: Account, { sale, units, subject }: Refund) {
  const settings = ShopifySettings.parse(account.settings)
  const { restockCancelled: restock } = settings
  const lines = [...units].map(([id, quantity]) => ({
    lineItemId: `gid://shopify/LineItem/${id}`,
    quantity,
    restockType: restock ? 'CANCEL' : 'NO_RESTOCK',
  }))
  const answer = await askOrder(account, subject.order.channelOrderId, {
    operation: 'suggestRefund',
    variables: { lines },
    answer: Suggested,
  })
  if (!answer.ok) return answer
  const { refundLineItems, suggestedTransactions } = answer.value.suggestedRefund
  const locations = new Map(refundLineItems.map((line) => [line.lineItem.id, line.location?.id]))
  return ok({
    orderId: sale.id,
    currency: sale.presentmentCurrencyCode,
    note: noteOf(subject),
    notify: settings.notifyCustomer,
    refundLineItems: lines.map((line) => {
      const locationId = restock ? locations.get(line.lineItemId) : undefined
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

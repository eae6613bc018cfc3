import { z } from 'zod'
import type { Account } from '../../domain/account.ts'
import type { Effect, Subject } from '../../domain/effects/effect.ts'
import { doubt, except, type Failure } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import { ask } from './client.ts'
import { refusal, UserError } from './interpret.ts'
import { makeRefund } from './refund.ts'
import { ShopifySettings } from './settings.ts'
import { type NotedRefund, readSale, type StandingSale } from './standing-sale.ts'
import { type TakeBack, takeBackOf } from './take-back.ts'

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
    const note = noteOf(subject)
    const refund = await makeRefund(account, { sale, units: takeBack.units, note })
    return refund.ok ? ok({ id: refund.value, number: sale.name }) : refund
  },
}

interface Found {
  readonly sale: StandingSale
  readonly takeBack: TakeBack
  /** Nothing is left to do. */
  readonly done: Reference | undefined
}

async function findSale(account: Account, subject: Subject): Promise<Result<Found, Failure>> {
  const read = await readSale(account, subject.order.channelOrderId)
  if (!read.ok) return read
  const sale = read.value
  if (sale.cancelled) {
    return ok({ sale, takeBack: { units: new Map(), whole: true }, done: toReference(sale) })
  }
  const takeBack = takeBackOf(subject, sale)
  if (!takeBack.ok) return takeBack
  const refund = sale.refunds.find(({ note }) => note === noteOf(subject))
  const done = takeBack.value.units.size === 0 ? toReference(sale, refund) : undefined
  return ok({ sale, takeBack: takeBack.value, done })
}

const Cancelled = z.object({
  orderCancel: z.object({
    job: z.object({ id: z.string() }).nullish(),
    orderCancelUserErrors: z.array(UserError),
  }),
})

/** Seconds after which nobody expects a cancellation still to be under way. */
const jobSeconds = 15

/** Shopify cancels by a job; only the order itself says whether it came to an end. */
async function cancel(
  account: Account,
  sale: StandingSale,
  subject: Subject,
): Promise<Result<Reference, Failure>> {
  const { notifyCustomer, refundCancelled, restockCancelled } = ShopifySettings.parse(
    account.settings,
  )
  const answer = await ask(account, {
    kind: 'write',
    operation: 'cancel',
    answer: Cancelled,
    variables: {
      id: sale.id,
      restock: restockCancelled,
      refundMethod: { originalPaymentMethodsRefund: refundCancelled },
      notify: notifyCustomer,
      note: noteOf(subject),
    },
  })
  if (!answer.ok) return answer
  const { job, orderCancelUserErrors } = answer.value.orderCancel
  const now = await readSale(account, subject.order.channelOrderId)
  if (now.ok && now.value.cancelled) return ok(toReference(sale))
  if (job) return err(doubt('shopify took the cancellation and has not finished it', jobSeconds))
  return err(
    refusal(orderCancelUserErrors) ??
      except('effect-refused', 'shopify did not cancel the order and gave no reason'),
  )
}

/** The intent, in words that staff can read at the shop. */
const noteOf = ({ intentId = 'cancel-sale', order }: Subject): string =>
  `Crossdock ${intentId} of ${order.id}`

const toReference = ({ id, name }: StandingSale, refund?: NotedRefund): Reference => ({
  id: refund?.id ?? id,
  number: name,
})

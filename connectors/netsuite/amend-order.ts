import type { Account } from '../../domain/account.ts'
import type { Effect, Subject } from '../../domain/effects/effect.ts'
import { except, type Failure } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import { writeRecord } from './api.ts'
import { closing, noSuchOrder, readSalesOrder } from './cancel-order.ts'
import { readBack } from './create-order.ts'
import { askedIn } from './memo.ts'
import { orderParts, sum } from './order-parts.ts'
import { settingsOf } from './settings.ts'
import { type Asked, standingAs, toReference } from './standing.ts'
import { toAmendment } from './to-amendment.ts'
import { amountOf, type Fields } from './to-sales-order.ts'
import type { SalesOrderBody } from './wire.ts'

/** Brings the sales order to what is asked now. Lines are replaced, so that doing it twice leaves what doing it once did. */
export const amendOrder: Effect = {
  safety: { by: 'key' },
  find: 'in-doubt',
  look: async (account, subject) => {
    const plan = await planFor(account, subject)
    if (!plan.ok || !plan.value) return plan.ok ? ok(undefined) : plan
    return ok(plan.value.body ? undefined : standing(plan.value))
  },
  make: async (account, subject) => {
    const plan = await planFor(account, subject)
    if (!plan.ok) return plan
    if (!plan.value) return err(noSuchOrder(subject))
    const { order, body, frozen, asked } = plan.value
    if (!body) return ok(standing(plan.value))
    if (frozen) {
      const reason = `sales order ${order.tranId ?? order.id} is ${frozen} in NetSuite, so that it cannot be changed`
      return err(except('effect-refused', reason))
    }
    const patched = await writeRecord(account, 'PATCH', {
      path: `salesOrder/${order.id}?replace=item`,
      body,
    })
    if (!patched.ok) return patched
    return asked ? readBack(account, order.id, asked) : ok(toReference(order))
  },
}

interface Plan {
  readonly order: SalesOrderBody
  /** Absent: it is all so already. */
  readonly body?: Fields | undefined
  /** Why nothing can be changed any more. */
  readonly frozen: string | undefined
  /** Absent when nothing is to stand: a closed order keeps its total. */
  readonly asked?: Asked
}

async function planFor(
  account: Account,
  subject: Subject,
): Promise<Result<Plan | undefined, Failure>> {
  const parts = orderParts(subject)
  if (!parts.ok) return parts
  const found = await readSalesOrder(account, subject)
  if (!found.ok || !found.value) return found.ok ? ok(undefined) : found

  const order = found.value
  const reopen = order.orderStatus?.id === 'H' && askedIn(order.memo) === 0
  const frozen = reopen ? undefined : frozenAs[order.orderStatus?.id ?? '']
  const settings = settingsOf(account)
  const { body, idle, beyond } = toAmendment(order, {
    subject,
    parts: parts.value,
    settings,
    reopen,
  })
  if (parts.value.length === 0 && beyond.length === 0) {
    return ok({ order, body: closing(order, subject.order), frozen })
  }
  const { currency } = subject.order
  const asked = amountOf(sum(parts.value), currency)
  return ok({ order, frozen, asked: { currency, asked, beyond }, ...(!idle && { body }) })
}

const standing = ({ order, asked }: Plan): Reference =>
  asked ? standingAs(order, asked) : toReference(order)

/** An order that we closed, when nothing of it was to stand, says so in its memo and can be opened again. */
const frozenAs: Readonly<Record<string, string>> = {
  C: 'cancelled',
  G: 'billed in full',
  H: 'closed',
}

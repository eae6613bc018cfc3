import type { Account } from '../../domain/account.ts'
import type { Subject } from '../../domain/effects/effect.ts'
import { except, type Failure } from '../../domain/failure.ts'
import { decimal } from '../../domain/money/minor-units.ts'
import type { Currency, Minor } from '../../schemas/canonical/money.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import { standing } from '../kit/read-back.ts'
import { readRecord } from './api.ts'
import { SalesOrderBody, SummaryBody } from './wire.ts'

/** The sales order with its lines, by internal id where it is known: that needs no index. */
export const readSalesOrder = (
  account: Account,
  { order, references }: Pick<Subject, 'order' | 'references'>,
) =>
  readRecord(
    account,
    `salesOrder/${references.erp?.id ?? `eid:${order.id}`}?expandSubResources=true`,
    SalesOrderBody,
  )

export const noSuchOrder = ({ order }: Pick<Subject, 'order'>): Failure =>
  except('order-not-found', `NetSuite has no sales order ${order.id}`)

/** What there is to say of a sales order, without its lines. */
export const readSummary = (account: Account, id: string) =>
  readRecord(account, `salesOrder/${id}?fields=id,tranId,total,memo`, SummaryBody)

export interface Asked {
  readonly currency: Currency
  /** The total that was asked for. @default what the order's memo says */
  readonly asked?: number
  /** What NetSuite has beyond what was asked, in words. */
  readonly beyond?: readonly string[]
}

/** A sales order that stands, with what makes it another than was asked for. */
export const standingAs = ({ id, tranId, total, memo }: SummaryBody, asked: Asked): Reference =>
  standing({ vendor: 'NetSuite', id, number: tranId, total, asked: askedIn(memo), ...asked })

/**
 * A sales order says in its memo which total it was asked for: whoever finds it later, when the channel's order has
 * become another, can still tell whether NetSuite made another total of it. What the buyer wrote follows.
 */
export function memoOf({ connection, currency, people }: Order, total: Minor): string {
  const note = people.note?.replace(/\s+/g, ' ').trim()
  const asked = `${connection}, ${decimal(total, currency)} ${currency}`
  return (note ? `${asked}; ${note}` : asked).slice(0, 999)
}

/** The total that a memo says was asked for; `undefined` when somebody wrote it anew. */
export function askedIn(memo: string | undefined): number | undefined {
  const [, amount] =
    /^[a-z0-9-]+\/[a-z0-9-]+, (-?\d+(?:\.\d+)?) [A-Z]{3}(?:;|$)/.exec(memo ?? '') ?? []
  return amount === undefined ? undefined : Number(amount)
}

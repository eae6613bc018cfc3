import type { Account } from '../../domain/account.ts'
import type { Failure } from '../../domain/failure.ts'
import type { Result } from '../../domain/result.ts'
import type { Currency } from '../../schemas/canonical/money.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import { readRecord } from './api.ts'
import { askedIn } from './memo.ts'
import { type RecordBody, SummaryBody } from './wire.ts'

export const toReference = ({ id, tranId }: RecordBody): Reference => ({
  id,
  ...(tranId && { number: tranId }),
})

/** Reads what there is to say of a sales order, without its lines. */
export const readSummary = (
  account: Account,
  id: string,
): Promise<Result<SummaryBody | undefined, Failure>> =>
  readRecord(account, `salesOrder/${id}?fields=id,tranId,total,memo`, SummaryBody)

export interface Asked {
  readonly currency: Currency
  /** The total that was asked for. @default what the order's memo says */
  readonly asked?: number
  /** What NetSuite has beyond what was asked, in words. */
  readonly beyond?: readonly string[]
}

/** A sales order that stands, with what makes it another than was asked for. */
export function standingAs(
  body: SummaryBody,
  { currency, beyond = [], ...given }: Asked,
): Reference {
  const { memo, total } = body
  const asked = given.asked ?? askedIn(memo)
  const name = body.tranId ?? body.id
  const changed =
    asked === undefined || total === undefined || total === asked
      ? []
      : [`NetSuite makes ${total} of ${asked} ${currency} in sales order ${name}`]
  const differs = [...changed, ...beyond].join('; ')
  return { ...toReference(body), ...(differs && { differs }) }
}

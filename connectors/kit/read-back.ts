import { doubt, except, type Failure } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Currency } from '../../schemas/canonical/money.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import type { Shipment } from '../../schemas/canonical/shipment.ts'

/** What was written, as the system shows it: from the accepted write on a failure is doubt, and the next look-up finds it. */
export function readBack(
  found: Result<Reference | undefined, Failure>,
  done = 'written',
): Result<Reference, Failure> {
  if (!found.ok) return err(doubt(`${done}, but not read back: ${found.error.reason}`))
  return found.value ? ok(found.value) : err(doubt(`${done}, but not to be seen yet`))
}

interface Standing {
  readonly vendor: string
  readonly currency: Currency
  readonly id: string
  readonly number?: string | undefined
  /** What the system makes of it, in the currency. */
  readonly total?: number | undefined
  /** The total that was asked for. @default nobody knows */
  readonly asked?: number | undefined
  /** What else is another than was asked for, in words. */
  readonly beyond?: readonly string[]
}

/** The sales order that stands, and in words how it is not what was asked for. */
export function standing(order: Standing): Reference {
  const { vendor, currency, id, number, total, asked, beyond = [] } = order
  const changed =
    asked === undefined || total === undefined || total === asked
      ? []
      : [`${vendor} makes ${total} of ${asked} ${currency} in sales order ${number ?? id}`]
  const differs = [...changed, ...beyond].join('; ')
  return { ...toReference({ id, number }), ...(differs && { differs }) }
}

export const toReference = ({
  id,
  number,
}: {
  readonly id: string
  readonly number?: string | null | undefined
}): Reference => ({ id, ...(number && { number }) })

/** The parcel of `post-shipment`. */
export const shipmentOf = (subject: { readonly shipment?: Shipment }): Result<Shipment, Failure> =>
  subject.shipment
    ? ok(subject.shipment)
    : err(except('effect-refused', 'there is no shipment to post'))

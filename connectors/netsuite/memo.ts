import { decimal } from '../../domain/money/minor-units.ts'
import type { Minor } from '../../schemas/canonical/money.ts'
import type { Order } from '../../schemas/canonical/order.ts'

const longest = 999

/**
 * A sales order says in its memo which total it was asked for: whoever finds it later, when the channel's order has
 * become another, can still tell whether NetSuite made another total of it. What the buyer wrote follows.
 */
export function memoOf({ connection, currency, people }: Order, total: Minor): string {
  const note = people.note?.replace(/\s+/g, ' ').trim()
  const asked = `${connection}, ${decimal(total, currency)} ${currency}`
  return (note ? `${asked}; ${note}` : asked).slice(0, longest)
}

/** The total that a memo says was asked for; `undefined` when somebody wrote it anew. */
export function askedIn(memo: string | undefined): number | undefined {
  const [, amount] =
    /^[a-z0-9-]+\/[a-z0-9-]+, (-?\d+(?:\.\d+)?) [A-Z]{3}(?:;|$)/.exec(memo ?? '') ?? []
  return amount === undefined ? undefined : Number(amount)
}

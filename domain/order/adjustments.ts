import type { Minor } from '../../schemas/canonical/money.ts'
import type { OrderDocument } from '../../schemas/canonical/order.ts'
import type { Subject } from '../effects/effect.ts'
import { except, type Failure } from '../failure.ts'
import { decimal } from '../money/minor-units.ts'
import { err, ok, type Result } from '../result.ts'
import { mismatch, sumOfParts } from './sum.ts'

/** An amount that a document needs besides its parts to reach the channel's total. */
export interface Adjustment {
  /** Stable: the same adjustment has the same key in every document. */
  readonly key: '~difference' | '~rounding'
  readonly title: string
  readonly amount: Minor
}

/**
 * What a document needs besides its parts, which add up to `sum`, to equal the channel's total to the cent: the
 * channel's rounding, and differences a person accepted. Otherwise fails with `money-mismatch` and the difference.
 */
export function adjustments(
  { order, lines, agreed = [] }: Pick<Subject, 'order' | 'lines' | 'agreed'>,
  sum: Minor,
): Result<readonly Adjustment[], Failure> {
  const units = new Map(lines.map(({ id, quantity }) => [id, quantity]))
  const kept = order.lines.map((line) => ({ ...line, units: units.get(line.id) ?? 0 }))
  const whole = agreed.includes(mismatch(order) ?? '') ? order.total - sumOfParts(order) : 0
  const said = totalOf(order, kept)
  if (said === undefined) return ok(adjusted(whole, 0))

  const gap = said - sum
  if (gap === 0) return ok([])
  // Channels round the rest of a discount or a tax in their own way: by at most one minor unit each.
  const most = kept.filter((line) => line.units > 0 && line.units < line.quantity).length * 2
  for (const difference of [whole, 0]) {
    if (Math.abs(gap - difference) <= most) return ok(adjusted(difference, gap - difference))
  }
  const money = (minor: Minor) => `${decimal(minor, order.currency)} ${order.currency}`
  const reason = `the parts add up to ${money(sum)}, but the channel's total is ${money(said)}`
  return agreed.includes(reason) ? ok(adjusted(gap, 0)) : err(except('money-mismatch', reason))
}

function adjusted(difference: Minor, rounding: Minor): readonly Adjustment[] {
  const all: readonly Adjustment[] = [
    { key: '~difference', title: "Difference to the channel's total", amount: difference },
    { key: '~rounding', title: 'Rounding of removed units', amount: rounding },
  ]
  return all.filter(({ amount }) => amount !== 0)
}

type Kept = OrderDocument['lines'][number] & { readonly units: number }

/** The channel's own total for exactly these units; `undefined` if it does not state one. */
function totalOf(order: Subject['order'], kept: readonly Kept[]): Minor | undefined {
  if (kept.every((line) => line.units === line.quantity)) return order.total
  const asChannelSays = kept.every((line) => line.units === line.quantity - line.removed)
  return asChannelSays ? order.currentTotal : undefined
}

import type { Subject, SubjectLine } from '../../domain/effects/effect.ts'
import { except, type Failure, retry } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Units } from './deliveries.ts'
import type { StandingLine, StandingSale } from './standing-sale.ts'

export interface TakeBack {
  /** Units that are still to be taken back, by line id. */
  readonly units: Units
  /** Nothing of the order stands afterwards, and nothing of it was fulfilled. */
  readonly whole: boolean
}

/**
 * What is left to take back, by what the shop holds now: an earlier attempt's units are gone there, and so are those that
 * somebody else took back meanwhile, which the ledger takes for the same ones.
 */
export function takeBackOf(
  { order, lines }: Pick<Subject, 'order' | 'lines'>,
  sale: StandingSale,
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
  const isGone = ({ id, current, fulfilled }: StandingLine): boolean =>
    fulfilled <= 0 && current === (units.get(id) ?? 0)
  // Lines that no ledger has are tips, which go back with the order they were given for.
  return ok({ units, whole: sale.lines.every((line) => !known.has(line.id) || isGone(line)) })
}

const restOf = (
  { quantity, takenInAll }: SubjectLine,
  { gone }: StandingLine,
  removed: number,
): number => Math.min(quantity, (takenInAll ?? removed + quantity) - gone)

const tooLate = ({ id, unfulfilled }: StandingLine, rest: number): string =>
  `${rest} of line ${id} are to be taken back, and at the shop only ${unfulfilled} of it are not fulfilled; take the others back as a return`

import type { Subject } from '../../domain/effects/effect.ts'
import { OrderId } from '../../schemas/canonical/identity.ts'

/**
 * What ShipBob knows a release by, unique and immutable there. From the second round on it says which: `.` is in no
 * order id, so that it is never the reference of another order, which may well end in `-2` or `r2`.
 */
export const referenceIdOf = ({ order, round = 1 }: Pick<Subject, 'order' | 'round'>): string =>
  round === 1 ? order.id : `${order.id}.r${round}`

/** The order that a reference is about, whatever its round; `undefined` when it is not one of ours. */
export const orderIdIn = (reference: string | null | undefined): OrderId | undefined =>
  OrderId.safeParse(reference?.replace(laterRound, '')).data

/** Only a release that followed another one says its round. */
export const isLaterRound = (reference: string | null | undefined): boolean =>
  laterRound.test(reference ?? '')

const laterRound = /\.r\d+$/

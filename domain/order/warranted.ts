import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { ExceptionCode } from '../../schemas/events/exception.ts'
import type { Exception, OrderState } from '../../schemas/stored/order-state.ts'
import { exceptionCatalogue } from '../exceptions/catalogue.ts'
import { toTell } from './lines.ts'
import type { Policy } from './policy.ts'
import {
  desiredDigest,
  hasLeft,
  isAccepted,
  isOutdated,
  mayHaveHappened,
  postingOf,
  releaseOf,
} from './state.ts'

export interface Warranted extends Pick<Exception, 'code' | 'subject' | 'reason'> {
  /** @default the channel */
  readonly connection?: ConnectionId
}

/** The exceptions that follow from a state alone: they appear and clear with it, whatever fact led there. */
export function warrantedBy(state: OrderState, policy: Policy): readonly Warranted[] {
  const found = causes.flatMap(({ code, subject = '', find }) => {
    const reason = find(state, policy)
    return reason === undefined ? [] : [{ code, subject, reason }]
  })
  return problems(state).concat(found).reduce(joined, [])
}

/** Two reasons for the same exception are one exception. */
function joined(all: readonly Warranted[], next: Warranted): readonly Warranted[] {
  const same = all.find(({ code, subject }) => code === next.code && subject === next.subject)
  if (!same) return [...all, next]
  const reason = `${same.reason}; ${next.reason}`
  return all.map((one) => (one === same ? { ...same, reason } : one))
}

const problems = (state: OrderState): readonly Warranted[] =>
  state.problems
    .filter(({ code }) => !state.cancelledAt || exceptionCatalogue[code].outlivesOrder)
    .map((problem) => ({ ...problem, subject: '' }))

interface Cause {
  readonly code: ExceptionCode
  readonly subject?: string
  find(state: OrderState, policy: Policy): string | undefined
}

const causes: readonly Cause[] = [
  { code: 'on-hold', find: ({ held, cancelledAt }) => (cancelledAt ? undefined : held) },
  {
    code: 'warehouse-hold',
    find: (state) =>
      state.warehouse?.held && !hasLeft(state) && !state.cancelledAt
        ? state.warehouse.reason
        : undefined,
  },
  { code: 'backordered', find: backordered },
  { code: 'amended-after-posting', find: amendedAfterPosting },
  { code: 'amended-after-release', find: amendedAfterRelease },
  {
    code: 'refunded-without-return',
    find: ({ lines }) => {
      const refunded = lines.filter((line) => line.refunded > 0)
      if (refunded.length === 0) return undefined
      const units = refunded.map((line) => `${line.refunded} of line ${line.id}`)
      return `the channel refunded or cancelled ${units.join(', ')} after they had shipped; make sure that they come back`
    },
  },
  { code: 'shipped-before-change', find: shippedBeforeChange },
  { code: 'money-mismatch', subject: 'erp', find: ({ acknowledged }) => acknowledged.mismatch },
  {
    code: 'cancel-at-channel',
    find: (state, policy) => {
      const units = state.lines.filter((line) => toTell(line) > 0)
      if (units.length === 0 || policy.can(state.connection, 'cancel-sale')) return undefined
      const taken = units.map((line) => `${toTell(line)} of line ${line.id}`)
      return `cancelled here, but not through the channel's API: cancel ${taken.join(', ')} at the channel too`
    },
  },
]

/** Whether an exception follows from the state; others are raised by a fact and end in their own way. */
export const isWarranted = ({ code, subject }: Pick<Exception, 'code' | 'subject'>): boolean =>
  exceptionCatalogue[code].follows?.includes(subject) === true

function backordered({ lines, backorder, stock }: OrderState): string | undefined {
  const waiting = lines.filter((line) => line.backordered > 0)
  if (waiting.length === 0) return undefined
  const units = waiting.map((line) => `${line.backordered} of line ${line.id}`)
  const expected = backorder?.expectedAt ? `, expected ${backorder.expectedAt}` : ''
  const rest = stock?.whole && stock.short.length > 0 ? '; all of it waits for that' : ''
  return `the warehouse has no stock for ${units.join(', ')}${expected}${rest}`
}

/** The order no longer matches what the ERP was given, and the ERP does not accept changes. */
function amendedAfterPosting(state: OrderState, policy: Policy): string | undefined {
  const { seen, route, acknowledged } = state
  if (!seen || !route || !isAccepted(state) || acknowledged.erp === undefined) return undefined
  if (acknowledged.erp === desiredDigest(state, 'erp') || policy.can(route.erp, 'amend-order'))
    return undefined
  if (state.cancelRequestedAt && !state.lines.some((line) => line.shipped > 0)) return undefined
  const number = postingOf(state)?.reference?.number
  return `the order changed at the channel after it was posted${number ? ` as ${number}` : ''}; compare version ${seen.version} with the ERP`
}

/**
 * The order no longer matches what the warehouse was given, and the warehouse does not accept changes or refused this
 * one.
 */
function amendedAfterRelease(state: OrderState, policy: Policy): string | undefined {
  const release = releaseOf(state)
  if (!release || state.cancelledAt || state.cancelRequestedAt) return undefined
  if (!mayHaveHappened(release) || release.state !== 'done' || !isOutdated(state)) return undefined
  const number = release.reference?.number ?? release.reference?.id
  const told = (['amend-release', 'cancel-release'] as const).filter((effect) =>
    policy.can(release.connection, effect),
  )
  const reason = `the order changed after it was released as ${number}`
  if (told.length === 0) return `${reason}; have the warehouse change it`
  const refused = Object.values(state.intents).find(
    (intent) => told.some((effect) => effect === intent.effect) && intent.state === 'refused',
  )
  return refused ? `${reason}, and the warehouse refused the change: ${refused.trouble}` : undefined
}

/** Parcels left before a change: to the old address, by the old method, or without the current note. */
function shippedBeforeChange({ seen, cancelledAt, sentAs = {} }: OrderState): string | undefined {
  const now = seen?.terms.parcel
  if (now === undefined || cancelledAt) return undefined
  const [destination] = now.split('.')
  const sent = Object.entries(sentAs)
  const elsewhere = sent.filter(([, { parcel }]) => parcel.split('.')[0] !== destination)
  const without = sent.filter(
    ([id, { parcel, late }]) =>
      late && parcel !== now && !elsewhere.some(([other]) => other === id),
  )
  const parts = [
    ...named(elsewhere, 'to the address or by the shipping method before the change'),
    ...named(without, "without the order's current note"),
  ]
  return parts.length === 0 ? undefined : parts.join('; ')
}

const named = (parcels: readonly (readonly [string, unknown])[], how: string): readonly string[] =>
  parcels.length === 0 ? [] : [`parcel ${parcels.map(([id]) => id).join(', ')} left ${how}`]

import { z } from 'zod'
import { earliest } from '../../domain/instant.ts'
import { internalEvents } from '../../domain/order/internal-events.ts'
import { dueAt, statusOf } from '../../domain/order/state.ts'
import type { Commit } from '../../domain/ports.ts'
import { forgotten } from '../../domain/privacy/forgotten.ts'
import type { OrderId } from '../../schemas/canonical/identity.ts'
import { CommitRecord, padded } from '../../schemas/stored/commit-record.ts'
import { OrderState } from '../../schemas/stored/order-state.ts'
import { dueMinute, shardOf } from './deadlines.ts'
import { decodeState, encodeState } from './state-codec.ts'

type Item = Record<string, unknown>

/** An earlier step, passed on unparsed. */
type Step = unknown

/** The content of an order's item: the state, and the steps since the last page. */
interface OrderRecord {
  readonly state: OrderState
  readonly steps: readonly Step[]
}

/** Steps in an order's item; further ones are moved to a page. */
export const stepsOfPage = 16

export const headKey = (pk: OrderId) => ({ pk, sk: 'head' })

const Kept = z.object({ state: z.unknown(), steps: z.array(z.unknown()) })

/** The order in an item; throws if it cannot be read. */
export function recordIn(head: Item): OrderRecord {
  const { state, steps } = Kept.parse(decodeState(head['record']))
  return { state: OrderState.parse(state), steps }
}

export interface Written {
  readonly head: Item
  /** Steps that no longer fit in the head. */
  readonly page?: Item
  /** What `head` holds now. */
  readonly steps: readonly Step[]
}

/**
 * The items that a step writes; `before` are the order's earlier steps. The stream publishes a head with `news`; one
 * without is only for the ledger.
 */
export function recordAfter(commit: Commit, before: readonly Step[]): Written {
  const { after, at, traceparent } = commit
  const erases = commit.events.some(({ type }) => type === 'people.erased')
  const past = erases ? before.map(forgotten) : before
  const events = commit.events.filter(({ type }) => !internalEvents.has(type))
  if (events.length === 0) return { head: headOf(commit, past), steps: past }

  const step = { rev: after.rev, at, events }
  const full = past.length >= stepsOfPage
  const steps = full ? [step] : [...past, step]
  const head = { ...headOf(commit, steps), news: events.length, traceparent }
  if (!full) return { head, steps }
  const { id: pk, connection } = after
  const sk = pageKey(commit.before.rev)
  return { head, steps, page: { pk, sk, connection, record: encodeState(past) } }
}

const pageKey = (rev: number): string => `events#${padded(rev)}`

/** The sort keys of an order's steps after a revision, the head last. */
export const stepsAfter = (rev: number) => ({ ':from': pageKey(rev + 1), ':to': 'head' })

/** An item of an order's history or document without text by others; `undefined` if nothing changes. */
export function forgottenItem(item: Item): Item | undefined {
  const [field, packing] = 'order' in item ? ['order', item['order']] : ['record', item['record']]
  const content = decodeState(packing)
  const left = forgotten(content)
  return JSON.stringify(left) === JSON.stringify(content)
    ? undefined
    : { ...item, [field]: encodeState(left) }
}

/** The steps of a page or of the head, oldest first. */
export function commitsIn(item: Item): readonly CommitRecord[] {
  const content = decodeState(item['record'])
  if (item['sk'] !== 'head') return z.array(z.unknown()).parse(content).map(toldOf(item))
  const { state, steps } = Kept.parse(content)
  return steps.map(toldOf({ ...item, connection: Object(state).connection }))
}

/** The step for which the stream record was written. */
export function latestIn(image: unknown): CommitRecord {
  const head = Object(image)
  const { state, steps } = Kept.parse(decodeState(head.record))
  const { connection } = Object(state)
  return { ...toldOf({ ...head, connection })(steps.at(-1)), traceparent: head.traceparent }
}

const toldOf =
  ({ pk: orderId, connection }: Item) =>
  (step: Step): CommitRecord =>
    CommitRecord.parse({ ...Object(step), orderId, connection })

function headOf({ after }: Commit, steps: readonly Step[]): Item {
  const due = dueAt(after)
  const exceptions = Object.values(after.exceptions)
  const first = earliest(exceptions.map(({ deadline }) => deadline))
  const owner = exceptions.find(({ deadline }) => deadline === first)?.owner
  return {
    ...headKey(after.id),
    rev: after.rev,
    // Validated before writing: an unreadable order would be stuck, while a failure here affects one message.
    record: encodeState({ state: OrderState.parse(after), steps }),
    status: statusOf(after),
    ...(due && { dueShard: shardOf(after.id), dueAt: dueMinute(due) }),
    ...(first && { exceptionOwner: owner, exceptionDeadline: first }),
  }
}

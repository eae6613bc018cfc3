import { z } from 'zod'
import { ok } from '../../../domain/result.ts'
import type { endpoints } from '../../../schemas/api/endpoints.ts'
import type { ExceptionRecord } from '../../../schemas/api/exception-record.ts'
import { OrderId } from '../../../schemas/canonical/identity.ts'
import { Instant } from '../../../schemas/canonical/instant.ts'
import { ExceptionOwner } from '../../../schemas/events/exception.ts'
import { readCursor, writeCursor } from '../cursor.ts'
import type { Asked, Handle } from '../route.ts'
import type { OrderReader, Place } from '../serve-api-deps.ts'
import { recordsOf } from './exception-record.ts'

const owners = ExceptionOwner.options

/** The position in each owner's part of the index. */
const Cursor = z.partialRecord(
  ExceptionOwner,
  z.union([z.literal('end'), z.strictObject({ id: OrderId, deadline: Instant })]),
)
type Cursor = z.infer<typeof Cursor>

/**
 * The exception desk, most urgent order first. The index has one entry per order, under the owner of its most urgent
 * exception, so all owners are read and then filtered.
 */
export const listExceptions: Handle<typeof endpoints.listExceptions> = async (asked, deps) => {
  const read = readCursor(Cursor, asked.query.cursor)
  if (!read.ok) return read
  const { places, next } = await mostUrgent(read.value ?? {}, asked.query.limit, deps.orders)
  const states = await deps.orders.states(places.map(({ id }) => id))
  const now = deps.clock()
  const records = places.flatMap(({ id }) => {
    const state = states.find((each) => each.id === id)
    return state ? recordsOf(state, now) : []
  })
  return ok({
    exceptions: records.filter((record) => isAskedFor(record, asked.query)),
    ...(next && { next: writeCursor(next) }),
  })
}

async function mostUrgent(from: Cursor, limit: number, orders: OrderReader) {
  const open = owners.filter((owner) => from[owner] !== 'end')
  const parts = await Promise.all(
    open.map(async (owner) => {
      const after = from[owner]
      const page = { limit, ...(after && after !== 'end' && { after }) }
      return { owner, ...(await orders.standing(owner, page)) }
    }),
  )
  const all = parts
    .flatMap(({ owner, places }) => places.map((place) => ({ owner, place })))
    .toSorted((a, b) => compare(a.place, b.place))
    .slice(0, limit)
  const next: Cursor = { ...from }
  for (const { owner, places, more } of parts) {
    const taken = all.filter((one) => one.owner === owner).map(({ place }) => place)
    const last = taken.at(-1)
    if (taken.length === places.length && !more) next[owner] = 'end'
    else if (last) next[owner] = last
  }
  const isOver = owners.every((owner) => next[owner] === 'end')
  return { places: all.map(({ place }) => place), next: isOver ? undefined : next }
}

const compare = (a: Place, b: Place): number =>
  a.deadline < b.deadline ? -1 : a.deadline > b.deadline ? 1 : 0

type Query = Asked<typeof endpoints.listExceptions>['query']

const isAskedFor = (record: ExceptionRecord, { owner, code, connection }: Query): boolean =>
  (owner === undefined || record.owner === owner) &&
  (code === undefined || record.code === code) &&
  (connection === undefined ||
    record.order.channel === connection ||
    record.fact.connection === connection)

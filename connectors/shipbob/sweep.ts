import { z } from 'zod'
import type { Sweep, Window } from '../../domain/poll.ts'
import { ok } from '../../domain/result.ts'
import { shaped } from '../kit/answers.ts'
import { shipbobApi } from './orders.ts'
import { read } from './read.ts'
import { interpret } from './responses.ts'

/** ShipBob's largest page. */
const limit = 250

/** Orders touched in the window of which there is something to tell: a parcel that left, a hold, a cancellation. */
export const sweep: Sweep = async (account, window) => {
  const page = Number(window.cursor ?? 1)
  const path = `/order?${queryOf(window, page)}`
  const reply = await shipbobApi.exchange(account, { path })
  if (!reply.ok) return reply
  const json = interpret(reply.value, 'read')
  if (!json.ok) return json
  const orders = shaped(z.array(z.unknown()), json.value, { kind: 'read', from: 'ShipBob' })
  if (!orders.ok) return orders

  const receivedAt = account.now().toISOString()
  const deliveries = orders.value
    .map((order) => ({ headers: {}, body: JSON.stringify(order) }))
    .filter((delivery) => {
      const readings = read({
        ...delivery,
        connection: account.connection,
        via: 'sweep',
        receivedAt,
      })
      return !readings.ok || readings.value.some(({ type }) => type !== 'nothing')
    })
  const more = orders.value.length >= limit || isBefore(page, reply.value.headers)
  return ok({ deliveries, ...(more && orders.value.length > 0 && { cursor: String(page + 1) }) })
}

/** Not `HasTracking=true`, as ShipBob's guide has it: that would never find an order on hold. */
const queryOf = ({ from, to }: Window, page: number): string =>
  String(
    new URLSearchParams({
      LastUpdateStartDate: from,
      LastUpdateEndDate: to,
      Page: String(page),
      Limit: String(limit),
    }),
  )

/** The specification names no paging headers; clients in the field see these (read 2026-11-21). */
const isBefore = (page: number, headers: Readonly<Record<string, string>>): boolean =>
  Boolean(headers['next-page']) || page < Number(headers['total-pages'] ?? 0)

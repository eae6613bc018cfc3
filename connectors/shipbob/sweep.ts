import { z } from 'zod'
import { retry } from '../../domain/failure.ts'
import { read as readWith } from '../../domain/parse.ts'
import type { Sweep, Window } from '../../domain/poll.ts'
import { err, ok } from '../../domain/result.ts'
import { callShipbob } from './call-shipbob.ts'
import { read } from './read.ts'

/** ShipBob's largest page. */
const limit = 250

/** Orders touched in the window of which there is something to tell: a parcel that left, a hold, a cancellation. */
export const sweep: Sweep = async (account, window) => {
  const page = Number(window.cursor ?? 1)
  const answer = await callShipbob(account, {
    kind: 'read',
    method: 'GET',
    path: `/order?${queryOf(window, page)}`,
  })
  if (!answer.ok) return answer
  const orders = readWith(z.array(z.unknown()), answer.value.json)
  if (!orders.ok) return err(retry('ShipBob listed orders in an unknown shape'))

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
  const more = orders.value.length >= limit || isBefore(page, answer.value.headers)
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

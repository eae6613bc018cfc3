import type { Sweep } from '../../domain/poll.ts'
import { ok } from '../../domain/result.ts'
import { ask } from './call.ts'
import { MiraklSettings } from './settings.ts'
import { OrderPage } from './wire.ts'

/** The most that Mirakl gives at once. */
const size = 100

/**
 * Every order that was updated in the window, by OR11, which pages by offset over a set that moves: an order that is
 * updated again leaves the window, and all that come after it move up. Read forwards, one of them would slip into a page
 * that was read already. So the first page tells how many there are, and the others are read from the last to the first:
 * what moves up is read twice and never missed. Should there be more than before, it begins anew.
 */
export const sweep: Sweep = async (account, { from, to, cursor }) => {
  const { taxMode } = MiraklSettings.parse(account.settings)
  const at = placeOf(cursor)
  const answer = await ask(account, {
    kind: 'read',
    method: 'GET',
    path: '/orders',
    query: {
      start_update_date: from,
      end_update_date: to,
      // Without it every operator would answer in a mode of his own.
      order_tax_mode: taxMode,
      max: String(size),
      offset: String(at?.offset ?? 0),
    },
    answer: OrderPage,
  })
  if (!answer.ok) return answer

  const { orders, total_count: total } = answer.value
  const next = nextOf(at, { total, read: orders.length })
  return ok({
    deliveries: orders.map((order) => ({ headers: {}, body: JSON.stringify(order) })),
    ...(next && { cursor: `${next.offset}/${next.total}` }),
  })
}

interface Place {
  readonly offset: number
  /** How many orders there were when the first page was read. */
  readonly total: number
}

function placeOf(cursor = ''): Place | undefined {
  const [, offset, total] = /^(\d+)\/(\d+)$/.exec(cursor) ?? []
  return offset && total ? { offset: Number(offset), total: Number(total) } : undefined
}

function nextOf(
  at: Place | undefined,
  { total, read }: { readonly total: number; readonly read: number },
): Place | undefined {
  const last = Math.floor(Math.max(0, total - 1) / size) * size
  if (!at) return total > read ? { offset: last, total } : undefined
  if (total > at.total) return { offset: last, total }
  return at.offset === 0 ? undefined : { offset: at.offset - size, total: at.total }
}

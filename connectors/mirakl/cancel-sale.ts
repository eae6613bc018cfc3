import type { Account } from '../../domain/account.ts'
import type { Effect, Subject } from '../../domain/effects/effect.ts'
import { except, type Failure } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { call } from './call.ts'
import { standingOrder } from './fetch-order.ts'
import { MiraklSettings } from './settings.ts'
import { over, shipped } from './standing.ts'
import { type Taking, toCancelations, toRefunds } from './take-back.ts'
import { toOrder } from './to-order.ts'
import type { WireOrder } from './wire.ts'

/**
 * Takes units back before they leave: by refusing the order while it waits for acceptance (OR21), by cancelation while
 * Mirakl allows it (OR29, OR30), by a refund "excluded from shipment" once the buyer has paid (OR28). It brings each line
 * to the units that are to be taken back in all, so saying it again takes nothing more.
 */
export const cancelSale: Effect = {
  safety: { by: 'lookup', lagSeconds: 60 },
  find: 'in-doubt',
  look: async (account, subject) => {
    const sale = await openSale(account, subject)
    if (!sale.ok) return sale
    return ok(sale.value.takings.length === 0 ? { id: sale.value.wire.order_id } : undefined)
  },
  make: async (account, subject) => {
    const sale = await openSale(account, subject)
    if (!sale.ok) return sale
    const { wire, takings } = sale.value
    const reference = { id: wire.order_id }
    if (takings.length === 0) return ok(reference)

    const request = requestFor(sale.value, MiraklSettings.parse(account.settings))
    if (!request.ok) return request
    const done = await call(account, { kind: 'write', method: 'PUT', ...request.value })
    return done.ok ? ok(reference) : done
  },
}

interface Sale {
  readonly wire: WireOrder
  readonly takings: readonly Taking[]
  /** Nothing stands when these are gone. */
  readonly whole: boolean
}

async function openSale(account: Account, subject: Subject): Promise<Result<Sale, Failure>> {
  const wire = await standingOrder(account, subject.order.channelOrderId)
  if (!wire.ok) return wire
  const now = toOrder(account.connection, wire.value)
  if (!now.ok) return now

  const takings = wire.value.order_lines.flatMap((line): readonly Taking[] => {
    const standing = now.value.lines.find(({ id }) => id === line.order_line_id)
    const known = subject.order.lines.find(({ id }) => id === line.order_line_id)
    const asked = subject.lines.find(({ id }) => id === line.order_line_id)
    if (!standing || !known || !asked || asked.quantity === 0) return []
    const target = Math.min(standing.quantity, asked.takenInAll ?? known.removed + asked.quantity)
    const units = target - standing.removed
    return units > 0 ? [{ line, units, left: standing.quantity - standing.removed }] : []
  })
  const left = now.value.lines.reduce((all, line) => all + line.quantity - line.removed, 0)
  const taken = takings.reduce((all, { units }) => all + units, 0)
  return ok({ wire: wire.value, takings, whole: taken === left })
}

interface Request {
  readonly path: string
  readonly body?: unknown
}

function requestFor(
  { wire, takings, whole }: Sale,
  { reasons }: Pick<MiraklSettings, 'reasons'>,
): Result<Request, Failure> {
  const path = `/orders/${encodeURIComponent(wire.order_id)}`
  if (shipped.has(wire.order_state)) {
    return refuse(
      `the order is ${wire.order_state} at the marketplace: what has left can only be returned`,
    )
  }
  if (wire.order_state === 'WAITING_ACCEPTANCE') {
    const order_lines = wire.order_lines
      .filter((line) => !over.has(line.order_line_state))
      .map((line) => ({ id: line.order_line_id, accepted: false }))
    return whole
      ? ok({ path: `${path}/accept`, body: { order_lines } })
      : refuse('the order waits for acceptance: its lines can be refused only together')
  }
  if (wire.can_cancel && whole) return ok({ path: `${path}/cancel` })
  if (wire.can_cancel) {
    return reasons.cancel
      ? ok({ path: '/orders/cancel', body: toCancelations(wire, takings, reasons.cancel) })
      : refuse('write a reason of type CANCELATION (RE01) into the settings, as reasons.cancel')
  }
  return reasons.refund
    ? ok({ path: '/orders/refund', body: toRefunds(wire, takings, reasons.refund) })
    : refuse('write a reason of type REFUND (RE01) into the settings, as reasons.refund')
}

const refuse = (reason: string): Result<never, Failure> => err(except('effect-refused', reason))

import type { Account } from '../../domain/account.ts'
import type { Effect, Subject } from '../../domain/effects/effect.ts'
import type { Failure } from '../../domain/failure.ts'
import { amountReader } from '../../domain/money/amount-reader.ts'
import { decimal } from '../../domain/money/minor-units.ts'
import { ok, type Result } from '../../domain/result.ts'
import type { Minor } from '../../schemas/canonical/money.ts'
import { call } from './client.ts'
import { refuse, standingOrder } from './orders.ts'
import { MiraklSettings } from './settings.ts'
import { over, shipped } from './states.ts'
import { toOrder } from './to-order.ts'
import type { WireFee, WireLine, WireOrder, WireTakenBack } from './wire.ts'

/**
 * Takes units back before they leave: by refusing the order while it waits for acceptance (OR21), by cancelation while
 * Mirakl allows it (OR29, OR30), by a refund "excluded from shipment" once the buyer has paid (OR28). It brings each line
 * to the units that are to be taken back in all, so saying it again takes nothing more.
 */
export const cancelSale: Effect = {
  safety: { by: 'lookup', lagSeconds: 60 },
  find: 'in-doubt',
  async look(account, subject) {
    const sale = await openSale(account, subject)
    if (!sale.ok) return sale
    return ok(sale.value.takings.length === 0 ? { id: sale.value.wire.order_id } : undefined)
  },
  async make(account, subject) {
    const sale = await openSale(account, subject)
    if (!sale.ok) return sale
    const reference = ok({ id: sale.value.wire.order_id })
    if (sale.value.takings.length === 0) return reference
    const request = requestFor(sale.value, MiraklSettings.parse(account.settings).reasons)
    if (!request.ok) return request
    const done = await call(account, { method: 'PUT', ...request.value })
    return done.ok ? reference : done
  },
}

interface Sale {
  readonly wire: WireOrder
  readonly takings: readonly Taking[]
  /** Nothing stands when these are gone. */
  readonly whole: boolean
}

/** Units of a line that are to be taken back, of those that still stand. */
interface Taking {
  readonly line: WireLine
  readonly units: number
  readonly left: number
}

async function openSale(account: Account, subject: Subject): Promise<Result<Sale, Failure>> {
  const wire = await standingOrder(account, subject)
  if (!wire.ok) return wire
  const now = toOrder(account.connection, wire.value)
  if (!now.ok) return now

  const takings = wire.value.order_lines.flatMap((line): readonly Taking[] => {
    const ours = ({ id }: { readonly id: string }) => id === line.order_line_id
    const standing = now.value.lines.find(ours)
    const known = subject.order.lines.find(ours)
    const asked = subject.lines.find(ours)
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
  readonly json?: unknown
}

function requestFor(
  { wire, takings, whole }: Sale,
  reasons: MiraklSettings['reasons'],
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
      ? ok({ path: `${path}/accept`, json: { order_lines } })
      : refuse('the order waits for acceptance: its lines can be refused only together')
  }
  if (wire.can_cancel && whole) return ok({ path: `${path}/cancel` })
  const [type, field] = wire.can_cancel ? (['CANCELATION', 'cancel'] as const) : refundReason
  const reason = reasons[field]
  if (reason === undefined) {
    return refuse(`write a reason of type ${type} (RE01) into the settings, as reasons.${field}`)
  }
  const order_tax_mode = wire.order_tax_mode
  const parts = takings.map((taking) => toPart(wire, taking, reason))
  if (wire.can_cancel) {
    // With "order level tax calculation" Mirakl wants to do the taxes itself.
    const taxed = wire.order_taxes.length === 0 || order_tax_mode === 'TAX_INCLUDED'
    const cancelations = taxed ? parts : parts.map(({ taxes, shipping_taxes, ...rest }) => rest)
    return ok({ path: '/orders/cancel', json: { order_tax_mode, cancelations } })
  }
  // Of units that are not to be shipped any more.
  const refunds = parts.map((part) => ({ ...part, excluded_from_shipment: true }))
  return ok({ path: '/orders/refund', json: { order_tax_mode, refunds } })
}

const refundReason = ['REFUND', 'refund'] as const

/** A share of what the line is still worth; its shipping only goes back with its last unit. */
export function toPart(wire: WireOrder, { line, units, left }: Taking, reason: string) {
  const currency = wire.currency_iso_code
  const amounts = amountReader(currency)
  // Mirakl takes amounts as JSON numbers; fifteen digits of them are exact.
  const number = (amount: Minor): number => Number(decimal(amount, currency))
  const share = (amount: Minor) => number(Math.round((amount * units) / left))
  const ifAll = (amount: Minor) => number(units === left ? amount : 0)
  const rest = (key: 'amount' | 'shipping_amount', amount: string) =>
    line.refunds.reduce((all, part) => all - amounts.minor(part[key]), amounts.minor(amount))

  /** One amount per code, of what earlier refunds left; Mirakl wants every code that the line has. */
  const byCode = (key: keyof Coded, part: (amount: Minor) => number) => {
    const worth = (things: readonly WireFee[], code: string) =>
      amounts.sum(things.filter((thing) => thing.code === code))
    const codes = [...new Set(line[key].map(({ code }) => code))]
    return codes.map((code) => {
      const back = line.refunds.reduce((all, refund) => all + worth(refund[key], code), 0)
      return { code, amount: part(worth(line[key], code) - back) }
    })
  }
  return {
    order_line_id: line.order_line_id,
    quantity: units,
    reason_code: reason,
    currency_iso_code: currency,
    amount: share(rest('amount', line.price)),
    shipping_amount: ifAll(rest('shipping_amount', line.shipping_price)),
    taxes: byCode('taxes', share),
    shipping_taxes: byCode('shipping_taxes', ifAll),
    fees: byCode('fees', share),
  }
}

type Coded = Pick<WireTakenBack, 'taxes' | 'shipping_taxes' | 'fees'>

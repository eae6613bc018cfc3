import type { OrderEvent, Route, SoldLine } from '../../schemas/events/order-event.ts'
import type { LedgerLine, OrderState } from '../../schemas/stored/order-state.ts'
import { balanced } from './lines.ts'
import { mayHaveHappened, postingOf, releaseOf } from './state.ts'

type Terms = Extract<
  OrderEvent,
  { readonly type: 'order.captured' | 'order.amended' | 'order.edited' }
>

/** The order as a snapshot has it, with everything else that is known. */
export function adopt(state: OrderState, event: Terms): OrderState {
  const { version, authority, digest, receivedAt, number, currency, total, country } = event
  const { terms, awaiting, lines, problems, route } = event
  const seen = { version, authority, digest, number, currency, total, terms, awaiting }
  const received = authority === 'sole' && receivedAt !== undefined && { receivedAt }
  return balanced({
    ...state,
    seen: { ...seen, ...received, ...(country !== undefined && { country }) },
    ...routeOf(state, route),
    lines: linesOf(state, lines),
    problems,
  })
}

/** A system that has the order keeps it, even if the amended order would match another route. */
function routeOf(state: OrderState, route: Route | undefined): { readonly route?: Route } {
  const wms = mayHaveHappened(releaseOf(state)) ? state.route?.wms : route?.wms
  const erp = mayHaveHappened(postingOf(state)) ? state.route?.erp : route?.erp
  return erp && wms ? { route: { erp, wms } } : {}
}

const untouched: Omit<LedgerLine, keyof SoldLine> & { readonly sku?: string } = {
  cancelledHere: 0,
  cancelReported: 0,
  cancelled: 0,
  refunded: 0,
  released: 0,
  shipped: 0,
  backordered: 0,
  shippedEarlier: 0,
}

/**
 * The channel's lines with what is known of each. A line that the channel dropped stays as long as a warehouse knows
 * it.
 */
function linesOf({ lines }: OrderState, sold: readonly SoldLine[]): LedgerLine[] {
  const known = new Map(lines.map((line) => [line.id, line]))
  const ids = new Set(sold.map(({ id }) => id))
  const dropped = lines
    .filter((line) => !ids.has(line.id) && (line.shipped > 0 || line.released > 0))
    .map((line) => ({ ...line, removed: line.ordered }))
  const lineOf = (line: SoldLine) => {
    const { sku: _, ...shippedEarlier } = known.get(line.id) ?? untouched
    return lowered({ ...untouched, ...shippedEarlier, ...line })
  }
  return [...sold.map(lineOf), ...dropped]
}

/** Some channels lower the ordered quantity instead of reporting a removal; shipped units were still ordered. */
function lowered(line: LedgerLine): LedgerLine {
  const more = Math.max(0, line.shipped + line.assignedToChannel - line.ordered)
  return { ...line, ordered: line.ordered + more, removed: line.removed + more }
}

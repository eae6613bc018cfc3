import { decimal } from '../../../domain/money/minor-units.ts'
import { statusOf } from '../../../domain/order/state.ts'
import type { OrderView } from '../../../schemas/api/order-view.ts'
import type { OrderState } from '../../../schemas/stored/order-state.ts'
import type { KnownOrder } from '../serve-api-deps.ts'

/** The order for callers: the ledger's state, with details from the document. */
export function orderView({ state, document }: KnownOrder): OrderView {
  const { id, rev, connection, cancelRequestedAt, cancelledAt, cancelReason, held } = state
  return {
    id,
    channel: connection,
    status: statusOf(state),
    revision: rev,
    ...terms({ state, document }),
    ...(held !== undefined && { held }),
    ...(state.erased && { peopleGone: 'erased' as const, erasedBy: state.erased.request }),
    ...(cancelRequestedAt && { cancelRequestedAt }),
    ...(cancelledAt && { cancelledAt }),
    ...(cancelReason !== undefined && { cancelReason }),
    references: references(state),
    lines: lines({ state, document }),
    effects: Object.entries(state.intents).map(([intentId, intent]) => ({
      intentId,
      effect: intent.effect,
      connection: intent.connection,
      state: intent.state,
      attempts: intent.attempts,
      ...(intent.reference && { reference: intent.reference }),
      ...(intent.trouble !== undefined && { trouble: intent.trouble }),
      ...(intent.notBefore && { notBefore: intent.notBefore }),
    })),
    shipments: Object.values(state.shipments),
    exceptions: Object.values(state.exceptions),
  }
}

function terms({ state: { seen }, document }: KnownOrder) {
  if (!seen) return {}
  const { number, currency, version } = seen
  const money = (minor: number) => ({ amount: decimal(minor, currency), currency })
  return {
    number,
    currency,
    updatedAt: version,
    total: money(seen.total),
    ...(document && {
      channelOrderId: document.channelOrderId,
      placedAt: document.placedAt,
      currentTotal: money(document.currentTotal),
    }),
  }
}

/** One per document at a system, the latest. */
function references(state: OrderState): OrderView['references'] {
  const found = new Map<string, OrderView['references'][number]>()
  for (const { connection, reference } of Object.values(state.intents)) {
    if (reference) found.set(`${connection} ${reference.id}`, { connection, ...reference })
  }
  return [...found.values()]
}

function lines({ state, document }: KnownOrder): OrderView['lines'] {
  return state.lines.map((line) => {
    const title = document?.lines.find(({ id }) => id === line.id)?.title
    return {
      id: line.id,
      ...(line.sku !== undefined && { sku: line.sku }),
      ...(title !== undefined && { title }),
      shippable: line.shippable,
      ordered: line.ordered,
      cancelled: line.cancelled,
      released: line.released,
      shipped: line.shipped,
      assignedToChannel: line.assignedToChannel,
      backordered: line.backordered,
      refunded: line.refunded,
    }
  })
}

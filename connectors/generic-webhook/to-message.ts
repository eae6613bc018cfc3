import type { Subject } from '../../domain/effects/effect.ts'
import { except, type Failure, ignore } from '../../domain/failure.ts'
import { named } from '../../domain/names.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import type { Shipment } from '../../schemas/canonical/shipment.ts'
import type { Message } from './wire.ts'

interface About {
  readonly effect: Message['effect']
  readonly connection: ConnectionId
}

/** What the system is told. Fails with what somebody has to add to the order first. */
export function toMessage(
  { effect, connection }: About,
  subject: Subject,
): Result<Message, Failure> {
  const lines = linesOf(effect, subject)
  if (!lines.ok) return lines
  const { order, intentId = effect, round = 1, references, shipment } = subject
  const about = {
    orderId: order.id,
    intentId,
    connection,
    round,
    order: inTheirWords(order, subject),
    lines: lines.value,
    references,
  }
  if (effect !== 'post-shipment') return ok({ effect, ...about })
  if (!shipment) return err(except('effect-refused', 'there is no shipment to post'))
  return ok({ effect, ...about, shipment: parcelOf(shipment, subject) })
}

/** A warehouse hears of goods only, and reports them by SKU. */
function linesOf(effect: Message['effect'], subject: Subject): Result<Message['lines'], Failure> {
  const forWarehouse = effect.endsWith('release') || effect === 'release-order'
  const goods = new Set(subject.order.lines.filter((line) => line.shippable).map(({ id }) => id))
  const lines = subject.lines
    .filter(({ id, quantity }) => quantity > 0 && (!forWarehouse || goods.has(id)))
    .map(({ components, ...units }) => ({
      ...withSku(units, subject),
      ...(components && { components: [...components] }),
    }))
  const unknown = lines.filter(({ sku, components }) => !sku && !components)
  if (forWarehouse && unknown.length > 0) {
    const which = unknown.map(({ id }) => `line ${id}`).join(', ')
    return err(except('missing-sku', `${which}: to be shipped, and without a SKU`))
  }
  if (effect === 'release-order' && lines.length === 0) {
    return err(ignore('no line of this order is to be shipped'))
  }
  return ok(lines)
}

function inTheirWords(order: Order, subject: Subject): Order {
  const { customer } = order.people
  return {
    ...order,
    lines: order.lines.map((line) => lineInTheirWords(line, subject)),
    shipping: order.shipping.map((line) => ({
      ...line,
      code: named(subject, 'shipping-method', line.code ?? line.title),
    })),
    ...(order.tenders && {
      tenders: order.tenders.map((tender) => ({
        ...tender,
        method: named(subject, 'payment-method', tender.method),
      })),
    }),
    people: {
      ...order.people,
      ...(customer?.id && {
        customer: { ...customer, id: named(subject, 'customer', customer.id) },
      }),
    },
  }
}

const lineInTheirWords = (line: Order['lines'][number], subject: Subject) => ({
  ...line,
  ...(line.sku && { sku: named(subject, 'sku', line.sku) }),
  ...(line.unit && { unit: named(subject, 'unit', line.unit) }),
  ...(line.taxCode && { taxCode: named(subject, 'tax-code', line.taxCode) }),
})

interface OfLine {
  readonly id: string
  readonly quantity: number
}

function withSku({ id, quantity }: OfLine, subject: Subject): OfLine & { readonly sku?: string } {
  const sku = subject.order.lines.find((line) => line.id === id)?.sku
  return { id, ...(sku && { sku: named(subject, 'sku', sku) }), quantity }
}

function parcelOf({ lines, ...parcel }: Shipment, subject: Subject) {
  return {
    ...parcel,
    ...(parcel.carrier && { carrier: named(subject, 'carrier', parcel.carrier) }),
    ...(parcel.location && { location: named(subject, 'location', parcel.location) }),
    lines: lines.map((units) => withSku(units, subject)),
  }
}

import { z } from 'zod'
import { fitting, refuse } from '../kit/answer.ts'
import type { TwinReply } from '../kit/twin.ts'
import { duplicate, invalid, refused, unfit } from './answers.ts'
import type { Place } from './lines.ts'
import { type Records, type TwinLine, TwinOrder, type TwinRecord } from './records.ts'
import { assertOpenPeriod, statusOf } from './sales-order.ts'
import { relieveStock } from './stock.ts'

const FulfillmentInput = z.looseObject({
  externalId: z.string().optional(),
  item: z
    .object({
      items: z.array(
        z.looseObject({
          orderLine: z.number(),
          itemReceive: z.boolean().default(true),
          quantity: z.number().positive().optional(),
        }),
      ),
    })
    .default({ items: [] }),
})

/** Ships what the body names, and all that is open of the lines it does not name. */
export function fulfill(place: Place, record: TwinRecord, body: unknown): TwinRecord {
  const { records, world } = place
  const input = fitting(FulfillmentInput, body, unfit)
  if (records.taken('itemFulfillment', input.externalId)) refuse(duplicate('record'))
  assertOpenPeriod(input['tranDate'], place)
  const order = TwinOrder.parse(record)
  if (order.orderStatus.id === 'A') refuse(nothingToShip('The sales order is pending approval.'))

  const open = order.item.items.filter(isOpen)
  for (const [n, { orderLine, quantity }] of input.item.items.entries()) {
    const line = open.find((candidate) => candidate.line === orderLine)
    if (!line) {
      refuse(invalid(`item.items[${n}].orderLine`, 'The order has no such open line.'))
    }
    if (quantity !== undefined && quantity > line.quantity - line.quantityFulfilled) {
      const detail = 'You cannot fulfill more than the quantity remaining on the order line.'
      refuse(invalid(`item.items[${n}].quantity`, detail))
    }
  }

  const named = new Map(input.item.items.map((line) => [line.orderLine, line]))
  const shipped = open.flatMap((line) => {
    const { itemReceive = true, quantity } = named.get(line.line) ?? {}
    return itemReceive
      ? [{ line, quantity: quantity ?? line.quantity - line.quantityFulfilled }]
      : []
  })
  if (shipped.length === 0) {
    refuse(nothingToShip('You must have at least one valid line item for this transaction.'))
  }
  relieve(records, order, new Map(shipped.map(({ line, quantity }) => [line.line, quantity])))
  relieveStock(world, order, shipped)
  const id = String(records.next('itemFulfillment', 7001))
  return records.save('itemFulfillment', {
    ...input,
    id,
    tranId: `IF${id}`,
    createdFrom: { id: order.id, refName: `Sales Order #${order.tranId}` },
    entity: order.entity,
    item: {
      items: shipped.map(({ line, quantity }) => ({
        orderLine: line.line,
        item: line.item,
        quantity,
      })),
    },
  })
}

const isOpen = ({ isClosed, itemType, quantity, quantityFulfilled }: TwinLine): boolean =>
  itemType.id === 'InvtPart' && !isClosed && quantity > quantityFulfilled

const nothingToShip = (detail: string): TwinReply => refused(400, 'USER_ERROR', { detail })

function relieve(records: Records, order: TwinOrder, shipped: ReadonlyMap<number, number>): void {
  const items = order.item.items.map((line) => ({
    ...line,
    quantityFulfilled: line.quantityFulfilled + (shipped.get(line.line) ?? 0),
  }))
  records.save('salesOrder', {
    ...order,
    orderStatus: statusOf(items, order.orderStatus),
    item: { items },
  })
}

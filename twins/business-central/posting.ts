import { guidOf, nextOf } from '../kit/ids.ts'
import type { TwinReply, TwinWorld } from '../kit/twin.ts'
import { dialog, nothing, refused } from './answers.ts'
import { relieveStock } from './items.ts'
import { saveOrder } from './orders.ts'
import { save, type TwinLine, type TwinOrder } from './records.ts'

/** Ships and invoices what the lines say; an order that is invoiced in full is deleted. */
export function shipAndInvoice(world: TwinWorld, order: TwinOrder): TwinReply {
  const lines = order.lines.filter(({ lineType }) => lineType !== 'Comment')
  const leaving = lines.filter(({ shipQuantity }) => shipQuantity !== 0)
  const billed = lines.filter(({ invoiceQuantity }) => invoiceQuantity !== 0)
  if (leaving.length === 0) return dialog('There is nothing to post.')
  post(world, order, { kind: 'salesShipment', lines: leaving })
  relieveStock(world, leaving)
  if (billed.length > 0) post(world, order, { kind: 'salesInvoice', lines: billed })
  const left = order.lines.map(afterPosting)
  const over = left.every(({ quantity, invoicedQuantity }) => invoicedQuantity >= quantity)
  if (over) save(world, 'salesOrder', { ...order, lines: left, deleted: true })
  else saveOrder(world, { ...order, lines: left })
  // The action answers with the first invoice of the order, whenever that was made.
  const isInvoiced = left.some(({ invoicedQuantity }) => invoicedQuantity > 0)
  if (isInvoiced) return nothing
  const reason = 'There is no Sales Invoice Header within the filter.'
  return refused(400, 'Internal_DataNotFoundFilter', reason)
}

const series = {
  salesShipment: { prefix: 'S-SHPT', first: 102_001 },
  salesInvoice: { prefix: 'PS-INV', first: 103_001 },
} as const

function post(
  world: TwinWorld,
  order: TwinOrder,
  { kind, lines }: { readonly kind: keyof typeof series; readonly lines: readonly TwinLine[] },
): void {
  const { prefix, first } = series[kind]
  const serial = nextOf(world.documents, kind, first)
  const id = guidOf(`${kind}/${serial}`)
  const isShipment = kind === 'salesShipment'
  const posted = {
    id,
    number: `${prefix}${serial}`,
    externalDocumentNumber: order.externalDocumentNumber,
    postingDate: order['postingDate'],
    customerNumber: order['customerNumber'],
    currencyCode: order.currencyCode,
    orderNumber: order.number,
    ...(!isShipment && { orderId: order.id, status: 'Open' }),
  }
  const postedLines = lines.map((line, n) => ({
    ...postedLine(line),
    id: guidOf(`${id}/${n}`),
    documentId: id,
    documentNo: posted.number,
    quantity: isShipment ? line.shipQuantity : line.invoiceQuantity,
  }))
  save(world, kind, { ...posted, lines: postedLines })
}

const postedLine = ({ sequence, lineType, description2, unitPrice, ...line }: TwinLine) => ({
  sequence,
  lineType,
  lineObjectNumber: line['lineObjectNumber'],
  description: line['description'],
  description2,
  unitPrice,
})

/** What is open is proposed again. */
function afterPosting(line: TwinLine): TwinLine {
  const shippedQuantity = line.shippedQuantity + line.shipQuantity
  const invoicedQuantity = line.invoicedQuantity + line.invoiceQuantity
  const open = line.quantity - shippedQuantity
  return {
    ...line,
    version: line.version + 1,
    shippedQuantity,
    invoicedQuantity,
    shipQuantity: open,
    invoiceQuantity: open,
  }
}

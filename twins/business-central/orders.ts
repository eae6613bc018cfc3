import { z } from 'zod'
import { refuse } from '../kit/answer.ts'
import { guidOf, nextOf } from '../kit/ids.ts'
import { rounded } from '../kit/money.ts'
import type { TwinWorld } from '../kit/twin.ts'
import { dialog } from './answers.ts'
import { readInput, textsOf, writeLine } from './lines.ts'
import { recordsOf, save, type TwinLine, type TwinOrder, type TwinRecord } from './records.ts'
import { companyOf } from './settings.ts'

/** The texts of an order that can be set, and how long they may be. */
const lengths = {
  externalDocumentNumber: 35,
  customerNumber: 20,
  currencyCode: 10,
  shipToName: 100,
  shipToContact: 100,
  shipToAddressLine1: 100,
  shipToAddressLine2: 50,
  shipToCity: 30,
  shipToCountry: 10,
  shipToState: 30,
  shipToPostCode: 20,
  sellToAddressLine1: 100,
  sellToAddressLine2: 50,
  sellToCity: 30,
  sellToCountry: 10,
  sellToState: 30,
  sellToPostCode: 20,
  shipmentMethodId: 36,
  phoneNumber: 30,
  email: 80,
} as const

const OrderInput = z.strictObject({
  ...textsOf(lengths),
  orderDate: z.iso.date().optional(),
  postingDate: z.iso.date().optional(),
  salesOrderLines: z.array(z.unknown()).optional(),
})

/** Makes an order with its lines, all or nothing. Any number of orders may have one external document number. */
export function createOrder(world: TwinWorld, body: unknown): TwinRecord {
  const { salesOrderLines = [], ...head } = readOrder(body)
  if (!head.customerNumber) {
    refuse(dialog('A "customerNumber" or a "customerId" must be provided.'))
  }
  const customer = customerAt(world, head.customerNumber)
  const lines: TwinLine[] = []
  const order: TwinOrder = { ...blank(world), ...head, ...customer, lines }
  for (const body of salesOrderLines) lines.push(writeLine(world, { body, order }))
  return saveOrder(world, order)
}

function blank(world: TwinWorld): TwinOrder {
  const serial = nextOf(world.documents, 'salesOrder', 101_001)
  const today = world.now().toISOString().slice(0, 10)
  return {
    id: guidOf(`salesOrder/${serial}`),
    number: `S-ORD${serial}`,
    orderDate: today,
    postingDate: today,
    currencyCode: '',
    externalDocumentNumber: '',
    fullyShipped: false,
    status: 'Draft',
    createdAt: '',
    version: 0,
    lines: [],
  }
}

export function changeOrder(world: TwinWorld, order: TwinOrder, body: unknown): TwinRecord {
  const { salesOrderLines, ...head } = readOrder(body)
  return saveOrder(world, { ...order, ...head })
}

/** Adds up the lines; whatever changes a line changes the order. */
export function saveOrder(world: TwinWorld, order: TwinOrder): TwinRecord {
  const { localCurrency, pricesIncludeTax } = companyOf(world.settings)
  const currency = order.currencyCode || localCurrency
  const sum = (field: string) =>
    rounded(
      order.lines.reduce((total, line) => total + z.number().catch(0).parse(line[field]), 0),
      currency,
    )
  const goods = order.lines.filter(({ lineType }) => lineType !== 'Comment')
  return save(world, 'salesOrder', {
    ...order,
    pricesIncludeTax,
    totalAmountExcludingTax: sum('amountExcludingTax'),
    totalTaxAmount: sum('totalTaxAmount'),
    totalAmountIncludingTax: sum('amountIncludingTax'),
    fullyShipped: goods.length > 0 && goods.every(isShipped),
  })
}

const isShipped = ({ quantity, shippedQuantity }: TwinLine): boolean => shippedQuantity >= quantity

function readOrder(body: unknown): z.infer<typeof OrderInput> {
  const input = readInput(OrderInput, body, { type: 'salesOrder', lengths })
  const { externalDocumentNumber: code } = input
  // A code is kept in upper case.
  return { ...input, ...(code && { externalDocumentNumber: code.toUpperCase() }) }
}

function customerAt(world: TwinWorld, number: string) {
  const made = recordsOf(world, 'customer').find((customer) => customer['number'] === number)
  if (made) return { customerId: made.id, customerName: String(made['displayName']) }
  // Customers of a few letters and digits are there already, but those named UNKNOWN…
  if (number.startsWith('CD') || number.startsWith('UNKNOWN')) {
    refuse(dialog('The sell-to customer cannot be found.'))
  }
  return { customerId: guidOf(`customer/${number}`), customerName: number }
}

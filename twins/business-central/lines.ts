import { z } from 'zod'
import { fitting, refuse } from '../kit/answer.ts'
import { guidOf } from '../kit/ids.ts'
import { rounded } from '../kit/money.ts'
import type { TwinReply, TwinWorld } from '../kit/twin.ts'
import { dialog, refused } from './answers.ts'
import { recordsOf, TwinLine, type TwinOrder } from './records.ts'
import { companyOf } from './settings.ts'

/** The texts of a line that can be set, and how long they may be. */
const lengths = {
  itemId: 36,
  lineObjectNumber: 20,
  description: 100,
  description2: 50,
  unitOfMeasureCode: 10,
  taxCode: 20,
  locationId: 36,
} as const

const number = z.number().optional()

const LineInput = z.strictObject({
  ...textsOf(lengths),
  lineType: z.enum(['Comment', 'Account', 'Item', 'Charge']).optional(),
  quantity: number,
  unitPrice: number,
  discountAmount: number,
  shipQuantity: number,
  invoiceQuantity: number,
})
type LineInput = z.infer<typeof LineInput>

/** A field for each name. */
export function textsOf<Name extends string>(lengths: Readonly<Record<Name, number>>) {
  const fields = Object.keys(lengths).map((name) => [name, z.string().optional()])
  // Made of these very names.
  return Object.fromEntries(fields) as Record<Name, z.ZodOptional<z.ZodString>>
}

/** Makes a line, or changes one; the order's totals are added up elsewhere. */
export function writeLine(
  world: TwinWorld,
  { body, before, order }: { body: unknown; before?: TwinLine; order: TwinOrder },
): TwinLine {
  const input = readInput(LineInput, body, { type: 'salesOrderLine', lengths })
  const thing = before ? sameThing(before, input) : thingOf(world, input)
  const line = { ...merged(order, input, before), ...thing }
  if (line.quantity < line.shippedQuantity) {
    refuse(dialog('Quantity must not be less than the quantity shipped.'))
  }
  const proposal = proposed(line, input, before)
  const open = line.quantity - line.shippedQuantity
  if (proposal.shipQuantity > open) refuse(dialog(`You cannot ship more than ${open} units.`))
  return TwinLine.parse({ ...line, ...proposal, ...amounts(world, line, order) })
}

/** The line as it was, or a blank one, with what is set. */
function merged(order: TwinOrder, input: LineInput, before?: TwinLine) {
  const last = Math.max(0, ...order.lines.map(({ sequence }) => sequence))
  const sequence = before?.sequence ?? last + 10_000
  const { lineType, itemId, lineObjectNumber, ...rest } = input
  return {
    description: '',
    description2: '',
    quantity: 0,
    unitPrice: 0,
    discountAmount: 0,
    shippedQuantity: 0,
    invoicedQuantity: 0,
    ...before,
    ...rest,
    id: before?.id ?? guidOf(`${order.id}/${sequence}/${order.lines.length}`),
    documentId: order.id,
    sequence,
    version: (before?.version ?? 0) + 1,
  }
}

/** What is open is proposed to ship, whenever the quantity is set, and what ships is proposed to be invoiced. */
function proposed(
  { quantity, shippedQuantity }: Pick<TwinLine, 'quantity' | 'shippedQuantity'>,
  input: LineInput,
  before?: TwinLine,
) {
  const kept = input.quantity === undefined ? before : undefined
  const open = quantity - shippedQuantity
  const shipQuantity = input.shipQuantity ?? kept?.shipQuantity ?? open
  const follows = input.shipQuantity ?? kept?.invoiceQuantity ?? open
  return { shipQuantity, invoiceQuantity: input.invoiceQuantity ?? follows }
}

interface Entity {
  readonly type: string
  /** The most characters of a field: Business Central cuts nothing. */
  readonly lengths: Readonly<Record<string, number>>
}

/** A body as its entity type has it. */
export function readInput<T extends z.ZodObject>(
  schema: T,
  body: unknown,
  { type, lengths: most }: Entity,
): z.infer<T> {
  const input = fitting(schema, body, (error) => badRequest(type, error))
  for (const [field, value] of Object.entries(input)) {
    const limit = most[field]
    if (typeof value !== 'string' || limit === undefined || value.length <= limit) continue
    const said = `The length of the string is ${value.length}, but it must be less than or equal to ${limit} characters. Value: ${value}`
    refuse(refused(400, 'Application_StringExceededLength', said))
  }
  return input
}

const badRequest = (type: string, { issues: [issue] }: z.ZodError): TwinReply =>
  refused(
    400,
    'BadRequest',
    issue?.code === 'unrecognized_keys'
      ? `The property '${issue.keys[0]}' does not exist on type 'Microsoft.NAV.${type}'.`
      : `Cannot convert the value of '${issue?.path.join('.')}'.`,
  )

interface Thing {
  readonly lineType: string
  readonly itemId: string
  readonly lineObjectNumber: string
}

const nothing = '00000000-0000-0000-0000-000000000000'

function thingOf(world: TwinWorld, input: LineInput): Thing {
  const { lineType = input.itemId ? 'Item' : 'Comment', itemId, lineObjectNumber = '' } = input
  if (lineType === 'Comment') return { lineType, itemId: nothing, lineObjectNumber: '' }
  if (lineType === 'Item') {
    const item = recordsOf(world, 'item').find(
      ({ id, number }) => id === itemId || number === lineObjectNumber,
    )
    if (!item) refuse(dialog('Item does not exist.'))
    return { lineType, itemId: item.id, lineObjectNumber: String(item['number']) }
  }
  const known = lineObjectNumber !== '' && !lineObjectNumber.startsWith('UNKNOWN')
  return known
    ? { lineType, itemId: nothing, lineObjectNumber }
    : refuse(dialog('Account does not exist.'))
}

function sameThing(before: TwinLine, input: LineInput): object {
  const other = (['lineType', 'itemId', 'lineObjectNumber'] as const).find(
    (field) => input[field] !== undefined && input[field] !== before[field],
  )
  return other ? refuse(dialog(`The value for "${other}" cannot be modified.`)) : {}
}

/** Sales tax by percent, of all lines but those with the code of no tax. */
function amounts(
  world: TwinWorld,
  line: { quantity: number; unitPrice: number; discountAmount: number; taxCode?: unknown },
  { currencyCode }: Pick<TwinOrder, 'currencyCode'>,
) {
  const { localCurrency, taxCode, pricesIncludeTax } = companyOf(world.settings)
  // Rounding is each line's own.
  const round = (amount: number) => rounded(amount, currencyCode || localCurrency)
  const gross = round(line.quantity * line.unitPrice)
  if (line.discountAmount < 0 || line.discountAmount > Math.max(0, gross)) {
    refuse(dialog('Line Discount % must be between 0 and 100.'))
  }
  const amount = round(gross - line.discountAmount)
  const percent = z.number().catch(0).parse(world.documents.get('tax', 'percent'))
  const taxPercent = taxCode !== undefined && line.taxCode === taxCode ? 0 : percent
  const net = pricesIncludeTax ? round(amount / (1 + taxPercent / 100)) : amount
  const tax = round(pricesIncludeTax ? amount - net : (amount * taxPercent) / 100)
  return {
    taxPercent,
    amountExcludingTax: net,
    totalTaxAmount: tax,
    amountIncludingTax: round(net + tax),
    netAmount: net,
    netTaxAmount: tax,
    netAmountIncludingTax: round(net + tax),
  }
}

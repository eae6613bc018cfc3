import { z } from 'zod'
import { BusinessCentralSettings } from '../../connectors/business-central/settings.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { exponentOf } from '../../schemas/canonical/money.ts'
import type { TwinReply, TwinWorld } from '../kit/twin.ts'
import { dialog, refused } from './answers.ts'
import { guidOf, recordsOf, TwinLine, type TwinOrder } from './records.ts'

/** The fields of a line that can be set, and how long they may be. */
const LineInput = z.strictObject({
  lineType: z.enum(['Comment', 'Account', 'Item', 'Charge']).optional(),
  itemId: z.string().optional(),
  lineObjectNumber: z.string().optional(),
  description: z.string().optional(),
  description2: z.string().optional(),
  unitOfMeasureCode: z.string().optional(),
  quantity: z.number().optional(),
  unitPrice: z.number().optional(),
  discountAmount: z.number().optional(),
  taxCode: z.string().optional(),
  locationId: z.string().optional(),
  shipQuantity: z.number().optional(),
  invoiceQuantity: z.number().optional(),
})
type LineInput = z.infer<typeof LineInput>

const lengths: Readonly<Record<string, number>> = {
  description: 100,
  description2: 50,
  lineObjectNumber: 20,
  taxCode: 20,
  unitOfMeasureCode: 10,
}

/** Makes a line, or changes one; the order's totals are somebody else's to add up. */
export function writeLine(
  world: TwinWorld,
  { body, before, order }: { body: unknown; before?: TwinLine; order: TwinOrder },
): Result<TwinLine, TwinReply> {
  const parsed = LineInput.safeParse(body)
  if (!parsed.success) return err(badRequest('salesOrderLine', parsed.error))
  const input = parsed.data
  const long = tooLong(input, lengths)
  if (long) return err(long)
  const thing = before ? sameThing(before, input) : thingOf(world, input)
  if (!thing.ok) return thing
  const line = { ...merged(order, input, before), ...thing.value }
  if (line.quantity < line.shippedQuantity) {
    return err(dialog('Quantity must not be less than the quantity shipped.'))
  }
  const proposal = proposed(line, input, before)
  const open = line.quantity - line.shippedQuantity
  if (proposal.shipQuantity > open) return err(dialog(`You cannot ship more than ${open} units.`))
  const money = amounts(world, line, order)
  return money.ok ? ok(TwinLine.parse({ ...line, ...proposal, ...money.value })) : money
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

export const badRequest = (type: string, { issues: [issue] }: z.ZodError): TwinReply =>
  issue?.code === 'unrecognized_keys'
    ? refused(
        400,
        'BadRequest',
        `The property '${issue.keys[0]}' does not exist on type 'Microsoft.NAV.${type}'.`,
      )
    : refused(400, 'BadRequest', `Cannot convert the value of '${issue?.path.join('.')}'.`)

/** Business Central cuts nothing. */
export function tooLong(
  input: Readonly<Record<string, unknown>>,
  most: Readonly<Record<string, number>>,
): TwinReply | undefined {
  const long = Object.entries(input).find(
    ([field, value]) => typeof value === 'string' && value.length > (most[field] ?? 250),
  )
  return long
    ? refused(
        400,
        'Application_StringExceededLength',
        `The length of the string is ${String(long[1]).length}, but it must be less than or equal to ${most[long[0]]} characters. Value: ${long[1]}`,
      )
    : undefined
}

/** Of the line's currency, to its unit: rounding is each line's own. */
export const rounded = (amount: number, currency: string): number => {
  const unit = 10 ** (exponentOf(currency) ?? 2)
  return Math.round(amount * unit) / unit
}

interface Thing {
  readonly lineType: string
  readonly itemId: string
  readonly lineObjectNumber: string
}

const nothing = '00000000-0000-0000-0000-000000000000'

function thingOf(world: TwinWorld, input: LineInput): Result<Thing, TwinReply> {
  const { lineType = input.itemId ? 'Item' : 'Comment', itemId, lineObjectNumber = '' } = input
  if (lineType === 'Comment') return ok({ lineType, itemId: nothing, lineObjectNumber: '' })
  if (lineType === 'Item') {
    const item = recordsOf(world, 'item').find(
      ({ id, number }) => id === itemId || number === lineObjectNumber,
    )
    if (!item) return err(dialog('Item does not exist.'))
    return ok({ lineType, itemId: item.id, lineObjectNumber: String(item['number']) })
  }
  const known = lineObjectNumber !== '' && !lineObjectNumber.startsWith('UNKNOWN')
  return known
    ? ok({ lineType, itemId: nothing, lineObjectNumber })
    : err(dialog('Account does not exist.'))
}

function sameThing(before: TwinLine, input: LineInput): Result<object, TwinReply> {
  const other = (['lineType', 'itemId', 'lineObjectNumber'] as const).find(
    (field) => input[field] !== undefined && input[field] !== before[field],
  )
  return other ? err(dialog(`The value for "${other}" cannot be modified.`)) : ok({})
}

/** Sales tax by percent, of all lines but those with the code of no tax. */
function amounts(
  world: TwinWorld,
  line: { quantity: number; unitPrice: number; discountAmount: number; taxCode?: unknown },
  { currencyCode }: Pick<TwinOrder, 'currencyCode'>,
): Result<object, TwinReply> {
  const settings = BusinessCentralSettings.parse(world.settings)
  const currency = currencyCode || settings.localCurrency
  const gross = rounded(line.quantity * line.unitPrice, currency)
  if (line.discountAmount < 0 || line.discountAmount > Math.max(0, gross)) {
    return err(dialog('Line Discount % must be between 0 and 100.'))
  }
  const amount = rounded(gross - line.discountAmount, currency)
  const percent = z.number().catch(0).parse(world.documents.get('tax', 'percent'))
  const untaxed = settings.taxCode !== undefined && line.taxCode === settings.taxCode
  const taxPercent = untaxed ? 0 : percent
  const inside = settings.pricesIncludeTax
  const net = inside ? rounded(amount / (1 + taxPercent / 100), currency) : amount
  const tax = inside
    ? rounded(amount - net, currency)
    : rounded((amount * taxPercent) / 100, currency)
  return ok({
    taxPercent,
    amountExcludingTax: net,
    totalTaxAmount: tax,
    amountIncludingTax: rounded(net + tax, currency),
    netAmount: net,
    netTaxAmount: tax,
    netAmountIncludingTax: rounded(net + tax, currency),
  })
}

import { z } from 'zod'
import { fitting, refuse } from '../kit/answer.ts'
import { rounded } from '../kit/money.ts'
import { invalid, refused, unfit } from './answers.ts'
import { billedOf, goneOf, idFor, LineInput, mergeLines, type Place } from './lines.ts'
import { Ref, type TwinLine, TwinOrder, type TwinRecord } from './records.ts'
import { settingsOf } from './settings.ts'

/** What comes in: any field is taken, as NetSuite's forms are customised; these are understood. */
const SalesOrderInput = z.looseObject({
  externalId: z.string().optional(),
  entity: Ref.optional(),
  currency: Ref.optional(),
  orderStatus: Ref.optional(),
  item: z.object({ items: z.array(LineInput) }).optional(),
})

/** Creates a sales order, or changes `existing`: its lines are added to, unless `replace` says otherwise. */
export function writeSalesOrder(
  place: Place,
  { body, existing, replace }: { body: unknown; existing?: TwinRecord; replace: boolean },
): TwinRecord {
  const input = fitting(SalesOrderInput, body, unfit)
  const before = existing && TwinOrder.parse(existing)
  const entity = input.entity ? customerRef(input.entity, place) : before?.entity
  if (!entity) refuse(invalid('entity', 'Please enter value(s) for: Customer'))

  assertOpenPeriod(input['tranDate'] ?? before?.['tranDate'], place)
  const merged = mergeLines(input.item?.items ?? [], before?.item.items ?? [], place)
  const lines = replace && input.item ? replaced(before, merged) : merged
  const short = lines.findIndex((line) => line.quantity < goneOf(line))
  if (short >= 0) {
    const detail = 'The quantity cannot be less than the quantity that was fulfilled or billed.'
    refuse(invalid(`item.items[${short}].quantity`, detail))
  }
  if (lines.length === 0) refuse(invalid('item', 'Please enter value(s) for: Item'))

  const currency = input.currency ? currencyRef(input.currency, place) : before?.currency
  const name = currency?.refName ?? 'USD'
  const id = before?.id ?? String(place.records.next('salesOrder', 1001))
  return place.records.save('salesOrder', {
    ...withFields(before, input),
    id,
    tranId: before?.tranId ?? `SO${id}`,
    entity,
    currency: currency ?? { id: '1', refName: 'USD' },
    orderStatus: statusOf(lines, input.orderStatus ?? before?.orderStatus),
    total: rounded(
      lines.reduce((sum, { amount }) => sum + rounded(amount, name), 0),
      name,
    ),
    item: { items: lines },
  })
}

/** Nothing is written into a month of the document kind `closedPeriod`. */
export function assertOpenPeriod(tranDate: unknown, { world }: Place): void {
  const month = String(tranDate ?? '').slice(0, 7)
  if (!world.documents.get('closedPeriod', month)) return
  const detail = `Error while accessing resource: The transaction date is in a closed period (${month}).`
  refuse(refused(400, 'USER_ERROR', { detail }))
}

/** A replacement keeps, where they are, the lines that it names; units that left or were billed keep theirs. */
function replaced(before: TwinOrder | undefined, lines: readonly TwinLine[]): readonly TwinLine[] {
  const untouched = before?.item.items.filter((line) => lines.includes(line)) ?? []
  return untouched.some((line) => goneOf(line) > 0)
    ? refuse(invalid('item', 'You cannot delete a line that has been fulfilled or billed.'))
    : lines.filter((line) => !untouched.includes(line))
}

/** B: pending fulfilment, C: cancelled, D: partially fulfilled, F: pending billing, G: billed, H: closed. */
export function statusOf(lines: readonly TwinLine[], before: Ref = { id: 'A' }): Ref {
  const ships = lines.filter(({ itemType }) => itemType.id === 'InvtPart')
  const closable = lines.filter(({ itemType }) => itemType.id !== 'Discount')
  if (before.id === 'C') return { id: 'C', refName: 'Cancelled' }
  if (closable.every(({ isClosed }) => isClosed)) return { id: 'H', refName: 'Closed' }
  if (closable.every((line) => billedOf(line) >= line.quantity))
    return { id: 'G', refName: 'Billed' }
  if (ships.some(({ quantityFulfilled }) => quantityFulfilled > 0)) {
    const all = ships.every((line) => line.isClosed || line.quantityFulfilled >= line.quantity)
    return all
      ? { id: 'F', refName: 'Pending Billing' }
      : { id: 'D', refName: 'Partially Fulfilled' }
  }
  return before.id === 'A'
    ? { id: 'A', refName: 'Pending Approval' }
    : { id: 'B', refName: 'Pending Fulfillment' }
}

/** Fields that are set to nothing go; of a subrecord, those that are not named stay. */
function withFields(before: object | undefined, input: object): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...before }
  for (const [field, value] of Object.entries(input)) {
    if (value === null) delete merged[field]
    else merged[field] = isAddress(field, value) ? withFields(Object(merged[field]), value) : value
  }
  return merged
}

const isAddress = (field: string, value: unknown): value is object =>
  field.endsWith('Address') && typeof value === 'object'

function customerRef(ref: Ref, { world, records }: Place): Ref | undefined {
  if (ref.id && ref.id === settingsOf(world).customer) return { id: ref.id, refName: 'All orders' }
  const customer = ref.id
    ? records.find('customer', ref.id)
    : records.taken('customer', ref.externalId)
  return customer && { id: customer.id, refName: String(customer['entityId']) }
}

/** By internal id as the settings give it, or by name; names are ISO codes here. */
function currencyRef(ref: Ref, place: Place): Ref {
  const { currencies } = settingsOf(place.world)
  const known = Object.entries(currencies).find(([, id]) => id === ref.id)
  const name = known?.[0] ?? ref.refName ?? ref.externalId ?? 'USD'
  return known ? { id: known[1], refName: known[0] } : idFor('currency', { name, first: 1 }, place)
}

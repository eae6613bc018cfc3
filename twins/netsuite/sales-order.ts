import { z } from 'zod'
import { NetsuiteSettings } from '../../connectors/netsuite/settings.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { exponentOf } from '../../schemas/canonical/money.ts'
import type { TwinReply, TwinWorld } from '../kit/twin.ts'
import { invalid } from './answers.ts'
import { billedOf, goneOf, idFor, LineInput, mergeLines } from './lines.ts'
import { closedPeriod } from './period.ts'
import { type Records, Ref, type TwinLine, TwinOrder, type TwinRecord } from './records.ts'

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
  world: TwinWorld,
  records: Records,
  { body, existing, replace }: { body: unknown; existing?: TwinRecord; replace: boolean },
): Result<TwinRecord, TwinReply> {
  const parsed = SalesOrderInput.safeParse(body)
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path.join('.') ?? 'body'
    return err(invalid(path, `Invalid value for the resource or sub-resource field '${path}'.`))
  }
  const input = parsed.data
  const before = existing && TwinOrder.parse(existing)
  const entity = input.entity ? customerRef(input.entity, world, records) : before?.entity
  if (!entity) return err(invalid('entity', 'Please enter value(s) for: Customer'))

  const locked = closedPeriod(input['tranDate'] ?? before?.['tranDate'], world)
  if (locked) return err(locked)
  const written = mergeLines(input.item?.items ?? [], before?.item.items ?? [], { world, records })
  if (!written.ok) return written
  const kept = replace && input.item ? replaced(before, written.value) : written
  if (!kept.ok) return kept
  const lines = kept.value
  const short = lines.findIndex((line) => line.quantity < goneOf(line))
  if (short >= 0) {
    const detail = 'The quantity cannot be less than the quantity that was fulfilled or billed.'
    return err(invalid(`item.items[${short}].quantity`, detail))
  }
  if (lines.length === 0) return err(invalid('item', 'Please enter value(s) for: Item'))

  const currency = input.currency ? currencyRef(input.currency, world, records) : before?.currency
  const id = before?.id ?? String(records.next('salesOrder', 1001))
  const record = records.save('salesOrder', {
    ...withFields(before, input),
    id,
    tranId: before?.tranId ?? `SO${id}`,
    entity,
    currency: currency ?? { id: '1', refName: 'USD' },
    orderStatus: statusOf(lines, input.orderStatus ?? before?.orderStatus),
    total: totalOf(lines, currency?.refName ?? 'USD'),
    item: { items: lines },
  })
  return ok(record)
}

/** A replacement keeps, where they are, the lines that it names; units that left or were billed keep theirs. */
function replaced(
  before: TwinOrder | undefined,
  lines: readonly TwinLine[],
): Result<readonly TwinLine[], TwinReply> {
  const untouched = before?.item.items.filter((line) => lines.includes(line)) ?? []
  return untouched.some((line) => goneOf(line) > 0)
    ? err(invalid('item', 'You cannot delete a line that has been fulfilled or billed.'))
    : ok(lines.filter((line) => !untouched.includes(line)))
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

function totalOf(lines: readonly TwinLine[], currency: string): number {
  const unit = 10 ** (exponentOf(currency) ?? 2)
  return lines.reduce((sum, { amount }) => sum + Math.round(amount * unit), 0) / unit
}

function customerRef(ref: Ref, world: TwinWorld, records: Records): Ref | undefined {
  const settings = NetsuiteSettings.parse(world.settings)
  if (ref.id && ref.id === settings.customer) return { id: ref.id, refName: 'All orders' }
  const customer = ref.id
    ? records.find('customer', ref.id)
    : records.taken('customer', ref.externalId)
  return customer && { id: customer.id, refName: String(customer['entityId']) }
}

/** By internal id as the settings give it, or by name; names are ISO codes here. */
function currencyRef(ref: Ref, world: TwinWorld, records: Records): Ref {
  const { currencies } = NetsuiteSettings.parse(world.settings)
  const known = Object.entries(currencies).find(([, id]) => id === ref.id)
  const name = known?.[0] ?? ref.refName ?? ref.externalId ?? 'USD'
  return known
    ? { id: known[1], refName: known[0] }
    : idFor('currency', { name, first: 1 }, { world, records })
}

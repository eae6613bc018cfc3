import { z } from 'zod'
import { err, ok, type Result } from '../../domain/result.ts'
import type { TwinReply, TwinWorld } from '../../domain/twin.ts'
import { exponentOf } from '../../schemas/canonical/money.ts'
import { NetsuiteSettings } from './settings.ts'
import { invalid } from './twin-answers.ts'
import { type Records, Ref, TwinLine, TwinOrder, type TwinRecord } from './twin-records.ts'

/** What comes in: any field is taken, as NetSuite's forms are customised; these are understood. */
const SalesOrderInput = z.looseObject({
  externalId: z.string().optional(),
  entity: Ref.optional(),
  currency: Ref.optional(),
  orderStatus: Ref.optional(),
  item: z.object({ items: z.array(z.looseObject({ item: Ref.optional() })) }).optional(),
})
type SalesOrderInput = z.infer<typeof SalesOrderInput>
type LineInput = NonNullable<SalesOrderInput['item']>['items'][number]

const Amount = z.number().catch(0)

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

  const standing = replace ? [] : (before?.item.items ?? [])
  const merged = mergeLines(input.item?.items ?? [], standing, { world, records })
  if (!merged.ok) return merged
  const lines = merged.value
  if (lines.length === 0) return err(invalid('item', 'Please enter value(s) for: Item'))

  const currency = input.currency ? currencyRef(input.currency, world, records) : before?.currency
  const id = before?.id ?? String(records.next('salesOrder', 1001))
  const record = records.save('salesOrder', {
    ...before,
    ...input,
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

/** B: pending fulfilment, D: partially fulfilled, F: pending billing, H: closed. */
export function statusOf(lines: readonly TwinLine[], before: Ref = { id: 'A' }): Ref {
  const ships = lines.filter(({ itemType }) => itemType.id === 'InvtPart')
  const closable = lines.filter(({ itemType }) => itemType.id !== 'Discount')
  if (closable.every(({ isClosed }) => isClosed)) return { id: 'H', refName: 'Closed' }
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

interface Place {
  readonly world: TwinWorld
  readonly records: Records
}

/** Lines that name a `line` change it; all others are added, whatever was there: that is how lines get doubled. */
function mergeLines(
  inputs: readonly LineInput[],
  before: readonly TwinLine[],
  place: Place,
): Result<TwinLine[], TwinReply> {
  const lines = [...before]
  for (const [n, input] of inputs.entries()) {
    const at = lines.findIndex(({ line }) => line === input['line'])
    const old = lines[at]
    if (input['line'] !== undefined && !old) {
      return err(invalid(`item.items[${n}].line`, 'The line does not exist.'))
    }
    const last = lines.at(-1)?.line ?? 0
    const line = toLine(input, { n, old, number: old?.line ?? last + 1 }, place)
    if (!line.ok) return line
    lines.splice(old ? at : lines.length, old ? 1 : 0, line.value)
  }
  return ok(lines)
}

function toLine(
  input: LineInput,
  { n, old, number }: { n: number; old: TwinLine | undefined; number: number },
  { world, records }: Place,
): Result<TwinLine, TwinReply> {
  const item = input.item ? itemRef(input.item, world, records) : old?.item
  if (!item) {
    const name = input.item?.externalId ?? input.item?.id ?? ''
    const detail = `You have entered an Invalid Field Value ${name} for the following field: item`
    return err(invalid(`item.items[${n}].item`, detail))
  }
  const quantity = z
    .number()
    .catch(1)
    .parse(input['quantity'] ?? old?.quantity)
  const rate = Amount.parse(input['rate'] ?? old?.rate)
  const line = TwinLine.safeParse({
    quantityFulfilled: 0,
    quantityBilled: 0,
    ...old,
    ...input,
    line: number,
    item,
    itemType: { id: typeOf(item.refName ?? '', world) },
    quantity,
    rate,
    amount: Amount.parse(input['amount'] ?? old?.amount ?? rate * quantity),
    isClosed: input['isClosed'] ?? old?.isClosed ?? false,
  })
  if (line.success) return ok(line.data)
  const field = line.error.issues[0]?.path.join('.') ?? ''
  return err(invalid(`item.items[${n}].${field}`, `Invalid value for the field '${field}'.`))
}

function totalOf(lines: readonly TwinLine[], currency: string): number {
  const unit = 10 ** exponentOf(currency)
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

/** Every item exists but those that a test declares unknown, or names so. */
function itemRef({ id, externalId }: Ref, world: TwinWorld, records: Records): Ref | undefined {
  const name = externalId ?? id
  if (!name || name.startsWith('UNKNOWN')) return undefined
  if (world.documents.get('unknownItem', name)) return undefined
  return idFor('item', { name, first: 501 }, { world, records })
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

function idFor(kind: string, { name, first }: { name: string; first: number }, place: Place): Ref {
  const kept = Ref.safeParse(place.world.documents.get(kind, name))
  if (kept.success) return kept.data
  const ref = { id: String(place.records.next(kind, first)), refName: name }
  place.world.documents.put(kind, name, ref)
  return ref
}

function typeOf(name: string, world: TwinWorld): string {
  const { giftCard, discount, ...charges } = NetsuiteSettings.parse(world.settings).items
  if (name === giftCard) return 'GiftCert'
  if (name === discount) return 'Discount'
  return Object.values(charges).includes(name) ? 'OthCharge' : 'InvtPart'
}

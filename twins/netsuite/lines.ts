import { z } from 'zod'
import { fitting, refuse } from '../kit/answer.ts'
import type { TwinWorld } from '../kit/twin.ts'
import { invalid } from './answers.ts'
import { type Records, Ref, TwinLine } from './records.ts'
import { settingsOf } from './settings.ts'

export const LineInput = z.looseObject({ item: Ref.optional() })
type LineInput = z.infer<typeof LineInput>

const Amount = z.number().catch(0)

export interface Place {
  readonly world: TwinWorld
  readonly records: Records
}

/** Lines that name a `line` change it; all others are added, whatever was there: that is how lines get doubled. */
export function mergeLines(
  inputs: readonly LineInput[],
  before: readonly TwinLine[],
  place: Place,
): readonly TwinLine[] {
  const lines = [...before]
  for (const [n, input] of inputs.entries()) {
    const at = lines.findIndex(({ line }) => line === input['line'])
    const old = lines[at]
    if (input['line'] !== undefined && !old) {
      refuse(invalid(`item.items[${n}].line`, 'The line does not exist.'))
    }
    const last = lines.at(-1)?.line ?? 0
    const line = toLine(input, { n, old, number: old?.line ?? last + 1 }, place)
    lines.splice(old ? at : lines.length, old ? 1 : 0, line)
  }
  return lines
}

const isPriced = ({ quantity, rate }: LineInput): boolean => (quantity ?? rate) !== undefined

function toLine(
  input: LineInput,
  { n, old, number }: { n: number; old: TwinLine | undefined; number: number },
  { world, records }: Place,
): TwinLine {
  const item = input.item ? itemRef(input.item, world, records) : old?.item
  if (!item) {
    const name = input.item?.externalId ?? input.item?.id ?? ''
    const detail = `You have entered an Invalid Field Value ${name} for the following field: item`
    refuse(invalid(`item.items[${n}].item`, detail))
  }
  const quantity = z
    .number()
    .catch(1)
    .parse(input['quantity'] ?? old?.quantity)
  const rate = Amount.parse(input['rate'] ?? old?.rate)
  const line = {
    quantityFulfilled: 0,
    quantityBilled: 0,
    ...old,
    ...input,
    line: number,
    item,
    itemType: { id: typeOf(item.refName ?? '', world) },
    quantity,
    rate,
    amount: Amount.parse(input['amount'] ?? (isPriced(input) ? rate * quantity : old?.amount)),
    isClosed: input['isClosed'] ?? old?.isClosed ?? false,
  }
  return fitting(TwinLine, line, ({ issues: [issue] }) => {
    const field = issue?.path.join('.') ?? ''
    return invalid(`item.items[${n}].${field}`, `Invalid value for the field '${field}'.`)
  })
}

export const billedOf = ({ quantityBilled }: TwinLine): number => Amount.parse(quantityBilled)

/** Units that were fulfilled or billed. */
export const goneOf = (line: TwinLine): number => Math.max(line.quantityFulfilled, billedOf(line))

/** Every item exists but those that a test declares unknown, or names so. */
function itemRef({ id, externalId }: Ref, world: TwinWorld, records: Records): Ref | undefined {
  const name = externalId ?? id
  if (!name || name.startsWith('UNKNOWN')) return undefined
  if (world.documents.get('unknownItem', name)) return undefined
  return idFor('item', { name, first: 501 }, { world, records })
}

export function idFor(
  kind: string,
  { name, first }: { name: string; first: number },
  place: Place,
): Ref {
  const kept = Ref.safeParse(place.world.documents.get(kind, name))
  if (kept.success) return kept.data
  const ref = { id: String(place.records.next(kind, first)), refName: name }
  place.world.documents.put(kind, name, ref)
  return ref
}

function typeOf(name: string, world: TwinWorld): string {
  const { giftCard, discount, ...charges } = settingsOf(world).items
  if (name === giftCard) return 'GiftCert'
  if (name === discount) return 'Discount'
  return Object.values(charges).includes(name) ? 'OthCharge' : 'InvtPart'
}

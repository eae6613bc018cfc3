import type { Subject } from '../../domain/effects/effect.ts'
import { decimal } from '../../domain/money/minor-units.ts'
import { named } from '../../domain/names.ts'
import type { Currency, Minor } from '../../schemas/canonical/money.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import { markOf } from './marks.ts'
import { amountOf, type Part, spread, taxOnTop } from './order-parts.ts'
import type { BusinessCentralSettings, Charge } from './settings.ts'
import { type Fields, mapped } from './to-sales-order.ts'

/** A line as it shall stand; the body names its fields in the order in which Business Central has to validate them. */
export interface WantedLine {
  readonly key: string
  readonly body: Fields
}

export interface Place {
  readonly settings: BusinessCentralSettings
  /** Ids of items by their number in upper case. */
  readonly items: ReadonlyMap<string, string>
}

/** All lines of the order: what it is, what was sold, what else costs something, and what the buyer wrote. */
export function toLines(
  subject: Subject,
  parts: readonly Part[],
  place: Place,
): readonly WantedLine[] {
  const { order } = subject
  const { note } = order.people
  return [
    comment('~order', `Order ${order.number} of ${order.connection}`),
    ...withTax(order, parts, place.settings).map((part) => toLine(part, subject, place)),
    ...(note ? [comment('~note', note.replace(/\s+/g, ' '))] : []),
  ]
}

/** The numbers of all items that the lines need. */
export const itemNumbers = (
  subject: Subject,
  parts: readonly Part[],
  settings: BusinessCentralSettings,
): readonly string[] =>
  withTax(subject.order, parts, settings).flatMap((part) => {
    const where = bookedOn(part, subject, settings)
    return 'item' in where ? [where.item] : []
  })

/** Tax is a line of its own where Business Central must not compute it, and what the channel pays over is another. */
function withTax(
  order: Order,
  parts: readonly Part[],
  { tax, charges }: BusinessCentralSettings,
): readonly Part[] {
  const all = tax === 'channel' ? taxOnTop(order, parts) : 0
  const theirs = charges.facilitatedTax ? facilitated(order, all) : 0
  const added = [
    taxLine('tax', 'Tax', all - theirs),
    taxLine('facilitatedTax', 'Tax that the channel pays over', theirs),
  ]
  return [...parts, ...added.filter(({ unit }) => unit !== 0)]
}

const taxLine = (kind: 'tax' | 'facilitatedTax', title: string, unit: Minor): Part => ({
  key: `~${kind}`,
  kind,
  title,
  quantity: 1,
  unit,
  discount: 0,
  tax: 0,
})

/** The channel tells it for the quantities that were ordered: of what remains it is the same part. */
function facilitated({ lines, shipping, tax, facilitatedTax = 0 }: Order, all: Minor): Minor {
  const ordered = [...lines, ...shipping].reduce((sum, part) => sum + part.tax, tax)
  return ordered === 0 ? 0 : Math.round((Math.min(facilitatedTax, ordered) * all) / ordered)
}

function toLine(part: Part, subject: Subject, { settings, items }: Place): WantedLine {
  const { currency } = subject.order
  const { unit, discount } = priced(part, subject.order, settings)
  const where = bookedOn(part, subject, settings)
  const unitCode = part.sku && mapped(subject, 'unit', part.line?.unit)
  const code =
    settings.tax === 'channel' ? settings.taxCode : mapped(subject, 'tax-code', part.line?.taxCode)
  return {
    key: part.key,
    body: {
      ...('item' in where
        ? { lineType: 'Item', itemId: items.get(where.item.toUpperCase()) ?? '' }
        : { lineType: 'Account', lineObjectNumber: where.account }),
      description: part.title.slice(0, 100),
      description2: markOf(part.key),
      ...(settings.locationId && part.sku && { locationId: settings.locationId }),
      ...(unitCode && { unitOfMeasureCode: unitCode }),
      quantity: part.quantity,
      unitPrice: numberOf(unit, currency),
      discountAmount: numberOf(discount, currency),
      ...(code && { taxCode: code }),
    },
  }
}

function bookedOn(part: Part, subject: Subject, settings: BusinessCentralSettings): Charge {
  if (part.sku !== undefined) return { item: named(subject, 'sku', part.sku) }
  const { charges } = settings
  return charges[part.kind === 'goods' ? 'giftCard' : part.kind] ?? charges.tax
}

/** Prices with or without tax, as Business Central takes them where it computes it. */
function priced(part: Part, order: Order, { tax, pricesIncludeTax }: BusinessCentralSettings) {
  if (tax === 'channel' || order.taxesIncluded === pricesIncludeTax) return part
  return spread(amountOf(part) + (pricesIncludeTax ? part.tax : -part.tax), part.quantity)
}

/** JSON has one kind of number: the shortest text of this one is the decimal it was made from, up to 15 digits. */
export const numberOf = (minor: Minor, currency: Currency): number =>
  Number(decimal(minor, currency))

const comment = (key: string, text: string): WantedLine => ({
  key,
  body: { lineType: 'Comment', description: text.slice(0, 100), description2: markOf(key) },
})

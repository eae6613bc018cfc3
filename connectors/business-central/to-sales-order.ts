import type { Subject } from '../../domain/effects/effect.ts'
import { named } from '../../domain/names.ts'
import type { Minor } from '../../schemas/canonical/money.ts'
import type { Address, Order } from '../../schemas/canonical/order.ts'
import {
  amountOf,
  extra,
  numberOf,
  type OrderParts,
  ownName,
  type Part,
  spread,
} from '../kit/order-parts.ts'
import { customerNumber, documentNumber, markOf, short } from './marks.ts'
import type { BusinessCentralSettings, Charge } from './settings.ts'

export type Fields = Readonly<Record<string, string | number>>

/** What makes an order that order: set once, and never changed. */
export function toIdentity(subject: Subject, settings: BusinessCentralSettings): Fields {
  const { order } = subject
  return {
    externalDocumentNumber: documentNumber(subject),
    orderDate: order.placedAt.slice(0, 10),
    customerNumber: customerOf(subject, settings).number,
    // Blank is the local currency.
    currencyCode: order.currency === settings.localCurrency ? '' : order.currency,
  }
}

/** The customer's number, and whether it is one of those that we make. */
export function customerOf(
  subject: Subject,
  { customer }: BusinessCentralSettings,
): { readonly number: string; readonly ours: boolean } {
  if (customer) return { number: customer, ours: false }
  const known = ownName(subject, 'customer', subject.order.people.customer?.id)
  return known
    ? { number: known, ours: false }
    : { number: customerNumber(subject.order), ours: true }
}

/** What may change later; blanks are said, so that what the channel took away goes. */
export function toHead(subject: Subject): Fields {
  const { people, shipping } = subject.order
  const [sent] = shipping
  const method = ownName(subject, 'shipping-method', sent?.code ?? sent?.title)
  return {
    ...(people.shipTo && {
      shipToName: (people.shipTo.company ?? people.shipTo.name).slice(0, 100),
      shipToContact: (people.shipTo.company ? people.shipTo.name : '').slice(0, 100),
      ...toAddress('shipTo', people.shipTo),
    }),
    ...(people.billTo && toAddress('sellTo', people.billTo)),
    ...(method && { shipmentMethodId: method }),
    phoneNumber: (people.customer?.phone ?? people.shipTo?.phone ?? '').slice(0, 30),
    email: (people.customer?.email ?? '').slice(0, 80),
  }
}

/** Lengths are those of the fields: longer texts are refused. */
const toAddress = (whose: 'shipTo' | 'sellTo', address: Address): Fields => ({
  [`${whose}AddressLine1`]: address.address1.slice(0, 100),
  [`${whose}AddressLine2`]: (address.address2 ?? '').slice(0, 50),
  [`${whose}City`]: address.city.slice(0, 30),
  [`${whose}Country`]: address.countryCode,
  [`${whose}State`]: (address.provinceCode ?? address.province ?? '').slice(0, 30),
  [`${whose}PostCode`]: (address.postalCode ?? '').slice(0, 20),
})

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
export function toLines(subject: Subject, parts: OrderParts, place: Place): readonly WantedLine[] {
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
  parts: OrderParts,
  settings: BusinessCentralSettings,
): readonly string[] =>
  withTax(subject.order, parts, settings).flatMap((part) => {
    const where = bookedOn(part, subject, settings)
    return 'item' in where ? [where.item] : []
  })

const facilitatedKey = '~facilitatedTax'

/** Tax is a line of its own where Business Central must not compute it, and what the channel pays over is another. */
function withTax(
  order: Order,
  { parts, adjustments, taxOnTop }: OrderParts,
  { tax, charges }: BusinessCentralSettings,
): readonly Part[] {
  const all = tax === 'channel' ? taxOnTop : 0
  const theirs = charges.facilitatedTax ? facilitated(order, all) : 0
  const added = [
    extra('tax', { key: '~tax', title: 'Tax', unit: all - theirs }),
    extra('tax', { key: facilitatedKey, title: 'Tax that the channel pays over', unit: theirs }),
  ]
  return [
    ...parts.flatMap(withoutExcess).filter((part) => part.line || amountOf(part) || part.tax),
    ...adjustments,
    ...added.filter(({ unit }) => unit !== 0),
  ]
}

/** A line's discount is at most the line: what is more is a line of its own. */
function withoutExcess(part: Part): readonly Part[] {
  const worth = Math.max(0, part.quantity * part.unit)
  const excess = part.discount - worth
  if (excess <= 0) return [part]
  const about = {
    key: `${keyOf(part)}~discount`,
    title: `Discount on ${part.title}`,
    unit: -excess,
  }
  return [{ ...part, discount: worth }, extra('discount', about)]
}

/** What a mark can hold: a digest of a long id, and `~shipping1` of `~shipping-1`. */
const keyOf = ({ key, line }: Part): string =>
  line ? `${short(line.id)}${key.slice(line.id.length)}` : key.replace(/-(\d+)$/, '$1')

/** The channel tells it for the quantities that were ordered: of what remains it is the same part. */
function facilitated({ lines, shipping, tax, facilitatedTax = 0 }: Order, all: Minor): Minor {
  const ordered = [...lines, ...shipping].reduce((sum, part) => sum + part.tax, tax)
  return ordered === 0 ? 0 : Math.round((Math.min(facilitatedTax, ordered) * all) / ordered)
}

function toLine(part: Part, subject: Subject, { settings, items }: Place): WantedLine {
  const { currency } = subject.order
  const { unit, discount } = priced(part, subject.order, settings)
  const where = bookedOn(part, subject, settings)
  const unitCode = part.sku && ownName(subject, 'unit', part.line?.unit)
  const code =
    settings.tax === 'channel' ? settings.taxCode : ownName(subject, 'tax-code', part.line?.taxCode)
  return {
    key: keyOf(part),
    body: {
      ...('item' in where
        ? { lineType: 'Item', itemId: items.get(where.item.toUpperCase()) ?? '' }
        : { lineType: 'Account', lineObjectNumber: where.account }),
      description: part.title.slice(0, 100),
      description2: markOf(keyOf(part)),
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
  if (part.key === facilitatedKey) return charges.facilitatedTax ?? charges.tax
  return charges[part.kind === 'goods' ? 'giftCard' : part.kind]
}

/** Prices with or without tax, as Business Central takes them where it computes it. */
function priced(part: Part, order: Order, { tax, pricesIncludeTax }: BusinessCentralSettings) {
  if (tax === 'channel' || order.taxesIncluded === pricesIncludeTax) return part
  return spread(amountOf(part) + (pricesIncludeTax ? part.tax : -part.tax), part.quantity)
}

const comment = (key: string, text: string): WantedLine => ({
  key,
  body: { lineType: 'Comment', description: text.slice(0, 100), description2: markOf(key) },
})

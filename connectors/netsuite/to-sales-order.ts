import type { Subject } from '../../domain/effects/effect.ts'
import { decimal } from '../../domain/money/minor-units.ts'
import { named } from '../../domain/names.ts'
import type { Currency, Minor } from '../../schemas/canonical/money.ts'
import type { Address } from '../../schemas/canonical/order.ts'
import { memoOf } from './memo.ts'
import { type Part, sum } from './order-parts.ts'
import { type NetsuiteSettings, reference } from './settings.ts'

export type Fields = Readonly<Record<string, unknown>>

/** The price level "Custom": NetSuite keeps the rate as it is given instead of the item's own price. */
const customPrice = { id: '-1' }

/**
 * The body that creates a sales order. All money is on the lines, untaxed by NetSuite, so that its total is the
 * channel's to the cent: tax computed twice never agrees with itself.
 */
export function toSalesOrder(
  subject: Subject,
  parts: readonly Part[],
  { settings, entity }: { readonly settings: NetsuiteSettings; readonly entity: Fields },
): Fields {
  const { order } = subject
  const { currency, people } = order
  const currencyId = settings.currencies[currency]
  return {
    externalId: order.id,
    entity,
    tranDate: order.placedAt.slice(0, 10),
    otherRefNum: order.number.slice(0, 45),
    memo: memoOf(order, sum(parts)),
    subsidiary: { id: settings.subsidiary },
    currency: currencyId ? { id: currencyId } : { refName: currency },
    orderStatus: { id: settings.orderStatus },
    isTaxable: false,
    ...(settings.location && { location: { id: settings.location } }),
    ...(people.shipTo && { shippingAddress: toAddress(people.shipTo) }),
    ...(people.billTo && { billingAddress: toAddress(people.billTo) }),
    item: {
      items: parts.map((part) => ({
        item: itemOf(part, subject, settings),
        ...toLine(part, currency, settings),
      })),
    },
  }
}

/** JSON has one kind of number: the shortest text of this one is the decimal it was made from, up to 15 digits. */
export const amountOf = (minor: Minor, currency: Currency): number =>
  Number(decimal(minor, currency))

/** What a line is of; a SKU is always an external id. */
export function itemOf({ kind, line }: Part, subject: Subject, { items }: NetsuiteSettings) {
  if (kind !== 'goods' && kind !== 'gift-card') return reference(items[kind])
  return line?.sku ? { externalId: named(subject, 'sku', line.sku) } : reference(items.giftCard)
}

/** A line without its item. Every line is marked with its key, so that it is found again. */
export function toLine(
  { key, title, quantity, unit, amount, line }: Part,
  currency: Currency,
  { taxCode, location, lineField }: NetsuiteSettings,
): Fields {
  return {
    quantity,
    rate: amountOf(unit, currency),
    amount: amountOf(amount, currency),
    ...(line && { price: customPrice }),
    description: title,
    ...(line && location && { location: { id: location } }),
    ...(taxCode && { taxCode: reference(taxCode) }),
    [lineField]: key,
  }
}

export const toAddress = (address: Address): Fields => ({
  addressee: address.company ?? address.name,
  ...(address.company && { attention: address.name }),
  addr1: address.address1,
  ...(address.address2 && { addr2: address.address2 }),
  city: address.city,
  ...(address.provinceCode || address.province
    ? { state: address.provinceCode ?? address.province }
    : {}),
  ...(address.postalCode && { zip: address.postalCode }),
  country: { id: address.countryCode },
  ...(address.phone && { addrPhone: address.phone }),
})

import type { Subject } from '../../domain/effects/effect.ts'
import { named } from '../../domain/names.ts'
import type { Currency } from '../../schemas/canonical/money.ts'
import type { Address } from '../../schemas/canonical/order.ts'
import { amountOf, extra, numberOf, type OrderParts, type Part } from '../kit/order-parts.ts'
import { memoOf } from './sales-orders.ts'
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
  parts: OrderParts,
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
    memo: memoOf(order, parts.total),
    subsidiary: { id: settings.subsidiary },
    currency: currencyId ? { id: currencyId } : { refName: currency },
    orderStatus: { id: settings.orderStatus },
    isTaxable: false,
    ...(settings.location && { location: { id: settings.location } }),
    ...(people.shipTo && { shippingAddress: toAddress(people.shipTo) }),
    ...(people.billTo && { billingAddress: toAddress(people.billTo) }),
    item: {
      items: linesOf(parts).map((part) => ({
        item: itemOf(part, subject, settings),
        ...toLine(part, currency, settings),
      })),
    },
  }
}

/** A line has neither discount nor tax of its own: these are lines. */
export function linesOf({ parts, adjustments, taxOnTop }: OrderParts): readonly Part[] {
  return [
    ...parts.flatMap((part) => [{ ...part, discount: 0 }, discountOn(part)]),
    extra('tax', { key: '~tax', title: 'Tax', unit: taxOnTop }),
    ...adjustments,
  ].filter(({ line, unit }) => line || unit !== 0)
}

const discountOn = ({ key, title, discount, line }: Part): Part =>
  extra('discount', {
    key: line ? `~discount-${key}` : key.replace('-', '-discount-'),
    title: `Discount on ${title}`,
    unit: -discount,
  })

/** What a line is of; a SKU is always an external id. */
export function itemOf({ kind, sku }: Part, subject: Subject, { items }: NetsuiteSettings) {
  if (sku !== undefined) return { externalId: named(subject, 'sku', sku) }
  return reference(items[kind === 'goods' ? 'giftCard' : kind])
}

/** A line without its item. Every line is marked with its key, so that it is found again. */
export function toLine(
  part: Part,
  currency: Currency,
  { taxCode, location, lineField }: NetsuiteSettings,
): Fields {
  return {
    quantity: part.quantity,
    rate: numberOf(part.unit, currency),
    amount: numberOf(amountOf(part), currency),
    ...(part.line && { price: customPrice }),
    description: part.title,
    ...(part.line && location && { location: { id: location } }),
    ...(taxCode && { taxCode: reference(taxCode) }),
    [lineField]: part.key,
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

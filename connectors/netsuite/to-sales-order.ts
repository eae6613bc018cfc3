import { decimal } from '../../domain/money.ts'
import type { Currency, Minor } from '../../schemas/canonical/money.ts'
import type { Address, Order } from '../../schemas/canonical/order.ts'
import type { Part } from './order-parts.ts'
import { type NetsuiteSettings, reference } from './settings.ts'

/** The price level "Custom": NetSuite keeps the rate as it is given instead of the item's own price. */
const customPrice = { id: '-1' }

/**
 * The body that creates a sales order. All money is on the lines, untaxed by NetSuite, so that its total is the
 * channel's to the cent: tax computed twice never agrees with itself.
 */
export function toSalesOrder(
  order: Order,
  parts: readonly Part[],
  { settings, customer }: { readonly settings: NetsuiteSettings; readonly customer: string },
): Readonly<Record<string, unknown>> {
  const { currency, people } = order
  const currencyId = settings.currencies[currency]
  return {
    externalId: order.id,
    entity: { id: customer },
    tranDate: order.placedAt.slice(0, 10),
    otherRefNum: order.number.slice(0, 45),
    memo: order.connection,
    subsidiary: { id: settings.subsidiary },
    currency: currencyId ? { id: currencyId } : { refName: currency },
    orderStatus: { id: settings.orderStatus },
    isTaxable: false,
    ...(settings.location && { location: { id: settings.location } }),
    ...(people.shipTo && { shippingAddress: toAddress(people.shipTo) }),
    ...(people.billTo && { billingAddress: toAddress(people.billTo) }),
    item: { items: parts.map((part) => toItem(part, currency, settings)) },
  }
}

/** JSON has one kind of number: the shortest text of this one is the decimal it was made from, up to 15 digits. */
export const amountOf = (minor: Minor, currency: Currency): number =>
  Number(decimal(minor, currency))

function toItem(
  { kind, title, quantity, unit, amount, line }: Part,
  currency: Currency,
  settings: NetsuiteSettings,
): Readonly<Record<string, unknown>> {
  const money = { quantity, rate: amountOf(unit, currency), amount: amountOf(amount, currency) }
  const taxCode = settings.taxCode && { taxCode: reference(settings.taxCode) }
  if (kind !== 'goods' && kind !== 'gift-card') {
    return { item: reference(settings.items[kind]), ...money, description: title, ...taxCode }
  }
  return {
    item: line?.sku ? { externalId: line.sku } : reference(settings.items.giftCard),
    ...money,
    price: customPrice,
    description: title,
    ...(settings.location && { location: { id: settings.location } }),
    ...taxCode,
    [settings.lineField]: line?.id,
  }
}

const toAddress = (address: Address): Readonly<Record<string, unknown>> => ({
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

import type { NameKind, Subject } from '../../domain/effects/effect.ts'
import { named } from '../../domain/names.ts'
import type { Address } from '../../schemas/canonical/order.ts'
import { customerNumber, documentNumber } from './marks.ts'
import type { BusinessCentralSettings } from './settings.ts'

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
  const known = mapped(subject, 'customer', subject.order.people.customer?.id)
  return known
    ? { number: known, ours: false }
    : { number: customerNumber(subject.order), ours: true }
}

/** What may change later; blanks are said, so that what the channel took away goes. */
export function toHead(subject: Subject): Fields {
  const { people, shipping } = subject.order
  const [sent] = shipping
  const method = mapped(subject, 'shipping-method', sent?.code ?? sent?.title)
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

/** What the connection calls it, where it calls it something of its own. */
export function mapped(
  subject: Subject,
  kind: NameKind,
  code: string | undefined,
): string | undefined {
  const name = code === undefined ? undefined : named(subject, kind, code)
  return name === code ? undefined : name
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

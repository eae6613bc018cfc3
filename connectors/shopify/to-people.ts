import type { Address, People } from '../../schemas/canonical/order.ts'
import type { SoldAddress, SoldOrder } from './sold-order.ts'

/** Everyone an order names. An address that misses what a parcel needs is left out, so that the order is held for it. */
export function toPeople({ customer, email, phone, note, shipTo, billTo }: SoldOrder): People {
  const person = present({
    id: customer?.id,
    name: joined(customer?.firstName, customer?.lastName),
    email: email ?? customer?.email,
    phone: phone ?? customer?.phone,
  })
  return present({
    customer: Object.keys(person).length > 0 ? person : undefined,
    shipTo: toAddress(shipTo),
    billTo: toAddress(billTo),
    note,
  })
}

function toAddress(address: SoldAddress | undefined): Address | undefined {
  const { address1, city, company, countryCode } = address ?? {}
  const name = address?.name ?? joined(address?.firstName, address?.lastName) ?? company
  if (!name || !address1 || !city || !countryCode || !isCountry(countryCode)) return undefined
  return present({
    name,
    company,
    address1,
    address2: address?.address2,
    city,
    province: address?.province,
    provinceCode: address?.provinceCode,
    postalCode: address?.zip,
    countryCode,
    phone: address?.phone,
  })
}

/** Shopify's own code for a country it does not know is ZZ. */
const isCountry = (code: string): boolean => /^[A-Z]{2}$/.test(code) && code !== 'ZZ'

const joined = (...names: readonly (string | undefined)[]): string | undefined =>
  names.filter(Boolean).join(' ') || undefined

/** Without the fields that are `undefined`, which are optional in `T`. */
function present<T extends object>(fields: T): T {
  const kept: Partial<T> = {}
  for (const key in fields) if (fields[key] !== undefined) kept[key] = fields[key]
  return kept as T
}

import type { Address, People } from '../../schemas/canonical/order.ts'

type Text = string | null | undefined

interface Person {
  readonly id?: Text
  readonly firstName?: Text
  readonly lastName?: Text
  readonly email?: Text
  readonly phone?: Text
}

export interface AddressParts extends Omit<Person, 'id' | 'email'> {
  /** @default first and last name, or else the company */
  readonly name?: Text
  readonly company?: Text
  readonly address1?: Text
  readonly address2?: Text
  readonly city?: Text
  readonly province?: Text
  readonly provinceCode?: Text
  readonly postalCode?: Text
  /** ISO 3166-1 alpha-2; any other is as good as none. */
  readonly countryCode?: Text
}

interface Everyone {
  readonly customer: Person
  readonly shipTo: AddressParts | null | undefined
  readonly billTo: AddressParts | null | undefined
  readonly note: Text
}

/** Everyone an order names. An address that misses what a parcel needs is left out, so that the order is held for it. */
export function peopleOf({ customer, shipTo, billTo, note }: Everyone): People {
  const person = present({
    id: filled(customer.id),
    name: joined(' ', customer.firstName, customer.lastName),
    email: filled(customer.email),
    phone: filled(customer.phone),
  })
  return present({
    customer: Object.keys(person).length > 0 ? person : undefined,
    shipTo: toAddress(shipTo ?? {}),
    billTo: toAddress(billTo ?? {}),
    note: filled(note),
  })
}

function toAddress(parts: AddressParts): Address | undefined {
  const company = filled(parts.company)
  const name = filled(parts.name) ?? joined(' ', parts.firstName, parts.lastName) ?? company
  const [address1, city] = [filled(parts.address1), filled(parts.city)]
  const countryCode = filled(parts.countryCode)
  if (!name || !address1 || !city || !countryCode || !isCountry(countryCode)) return undefined
  return present({
    name,
    company,
    address1,
    address2: filled(parts.address2),
    city,
    province: filled(parts.province),
    provinceCode: filled(parts.provinceCode),
    postalCode: filled(parts.postalCode),
    countryCode,
    phone: filled(parts.phone),
  })
}

/** ZZ is an unknown country. */
const isCountry = (code: string): boolean => /^[A-Z]{2}$/.test(code) && code !== 'ZZ'

/** Text with something in it, trimmed. */
export const filled = (text: Text): string | undefined => text?.trim() || undefined

export const joined = (by: string, ...texts: readonly Text[]): string | undefined =>
  texts.map(filled).filter(Boolean).join(by) || undefined

/** Without the fields that are `undefined`, which are optional in `T`. */
function present<T extends object>(fields: T): T {
  const kept: Partial<T> = {}
  for (const key in fields) if (fields[key] !== undefined) kept[key] = fields[key]
  return kept as T
}

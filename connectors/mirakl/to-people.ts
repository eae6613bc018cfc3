import type { Address, People } from '../../schemas/canonical/order.ts'
import { countryOf } from './countries.ts'
import type { WireAddress, WireOrder } from './wire.ts'

/** Everyone an order names. An address that misses what a parcel needs is left out, so that the order is held for it. */
export function toPeople({ customer, customer_notification_email }: WireOrder): People {
  const { shipping_address: to, billing_address: bill } = customer ?? {}
  const person = present({
    id: filled(customer?.customer_id),
    name: joined(' ', customer?.firstname, customer?.lastname),
    // A relay address that forwards notifications and takes no answer.
    email: filled(customer_notification_email),
  })
  return present({
    customer: Object.keys(person).length > 0 ? person : undefined,
    shipTo: to ? toAddress(to) : undefined,
    billTo: bill ? toAddress(bill) : undefined,
    note: filled(to?.additional_info),
  })
}

function toAddress(wire: WireAddress): Address | undefined {
  const company = joined(', ', wire.company, wire.company_2)
  const name = joined(' ', wire.firstname, wire.lastname) ?? company
  const address1 = filled(wire.street_1)
  const city = filled(wire.city)
  // Some operators leave the code out and write it where the country's name belongs.
  const countryCode = countryOf(wire.country_iso_code) ?? countryOf(wire.country)
  if (!name || !address1 || !city || !countryCode) return undefined
  return present({
    name,
    company,
    address1,
    address2: filled(wire.street_2),
    city,
    province: filled(wire.state),
    postalCode: filled(wire.zip_code),
    countryCode,
    phone: filled(wire.phone),
  })
}

const filled = (text: string | null | undefined): string | undefined => text?.trim() || undefined

const joined = (by: string, ...texts: readonly (string | null | undefined)[]): string | undefined =>
  texts.flatMap((text) => filled(text) ?? []).join(by) || undefined

/** Without the fields that are `undefined`, which are optional in `T`. */
const present = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T

import { loose } from '../kit/body.ts'
import { idOf, textOf } from './body.ts'

export function toCustomer(value: unknown) {
  const wire = loose(value)
  const id = idOf(wire)
  if (!id) return null
  const emailAddress = textOf(wire['email'])
  const phoneNumber = textOf(wire['phone'])
  return {
    id: `gid://shopify/Customer/${id}`,
    firstName: textOf(wire['first_name']),
    lastName: textOf(wire['last_name']),
    defaultEmailAddress: emailAddress === null ? null : { emailAddress },
    defaultPhoneNumber: phoneNumber === null ? null : { phoneNumber },
  }
}

export function toAddress(value: unknown) {
  const wire = loose(value)
  if (Object.keys(wire).length === 0) return null
  return {
    firstName: textOf(wire['first_name']),
    lastName: textOf(wire['last_name']),
    name: textOf(wire['name']),
    company: textOf(wire['company']),
    address1: textOf(wire['address1']),
    address2: textOf(wire['address2']),
    city: textOf(wire['city']),
    province: textOf(wire['province']),
    provinceCode: textOf(wire['province_code']),
    zip: textOf(wire['zip']),
    countryCodeV2: textOf(wire['country_code']),
    phone: textOf(wire['phone']),
  }
}

import { z } from 'zod'
import type { Effect, Subject } from '../../domain/effects/effect.ts'
import { doubt, except, type Failure, ignore } from '../../domain/failure.ts'
import { decimal } from '../../domain/money/minor-units.ts'
import { named } from '../../domain/names.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Minor } from '../../schemas/canonical/money.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import { findByReference, referenceIdOf, shipbobApi, toReference } from './orders.ts'
import { type Settings, settingsOf } from './settings.ts'
import { OrderWire } from './wire.ts'

/** `POST /2026-01/order`. ShipBob refuses a `reference_id` that it has seen, so a second attempt makes no second order. */
export const releaseOrder: Effect = {
  safety: { by: 'key' },
  find: 'in-doubt',
  /** The order under our reference, whatever is in it: an earlier attempt may have asked for something else. */
  async look(account, subject) {
    const found = await findByReference(account, subject)
    if (!found.ok || !found.value) return found.ok ? ok(undefined) : found
    return found.value.status === 'Cancelled'
      ? err(
          except(
            'effect-refused',
            'ShipBob has this order as cancelled, and its reference is used up',
          ),
        )
      : ok(toReference(found.value))
  },
  async make(account, subject) {
    const body = toRelease(settingsOf(account), subject)
    if (!body.ok) return body
    const made = await shipbobApi.ask(account, {
      method: 'POST',
      path: '/order',
      json: body.value,
      answer: OrderWire,
    })
    if (made.ok) return ok(toReference(made.value))
    // Only a look-up takes what an earlier attempt asked for as what it is.
    return made.error.next === 'ignore' ? err(doubt(made.error.reason)) : made
  },
}

type Release = Readonly<Record<string, unknown>>

interface Product {
  readonly reference_id: string
  readonly name: string
  readonly quantity: number
  readonly external_line_id?: number
  readonly unit_price?: number
}

/** The body of `POST /2026-01/order`. Fails with what somebody has to add to the order first. */
export function toRelease(settings: Settings, subject: Subject): Result<Release, Failure> {
  const { order } = subject
  const recipient = toRecipient(order)
  if (!recipient.ok) return recipient
  const products = toProducts(subject)
  if (!products.ok) return products
  const note = order.people.note?.trim()

  return ok({
    reference_id: referenceIdOf(subject),
    order_number: order.number.slice(0, 400),
    type: 'DTC',
    shipping_method: toShippingMethod(settings, subject),
    purchase_date: order.placedAt,
    recipient: recipient.value,
    products: products.value,
    ...(order.currency === 'USD' && { financials: { total_price: dollars(order.currentTotal) } }),
    ...(settings.locationId !== undefined && { location_id: settings.locationId }),
    ...(note && { tags: [{ name: 'note', value: note.slice(0, 500) }] }),
  })
}

/** What the warehouse is to pack, a line of the order for a line, or a line for each component of a bundle. */
function toProducts(subject: Subject): Result<readonly Product[], Failure> {
  const { order, lines } = subject
  const products: Product[] = []
  for (const [index, line] of order.lines.entries()) {
    const { quantity = 0, components } = lines.find(({ id }) => id === line.id) ?? {}
    if (!line.shippable || line.giftCard || quantity <= 0) continue
    if (components) {
      const parts = components.map((part) => ({ ...part, quantity: part.quantity * quantity }))
      products.push(...parts.map(({ sku, ...part }) => ({ reference_id: sku, name: sku, ...part })))
      continue
    }
    if (!line.sku)
      return err(except('missing-sku', `line ${index + 1} is to be shipped and has no sku`))
    products.push({
      reference_id: named(subject, 'sku', line.sku),
      name: line.title || line.sku,
      quantity,
      // An int32, which no channel's line id fits; the line's place in the order does.
      external_line_id: index + 1,
      ...(order.currency === 'USD' && { unit_price: dollars(line.unitPrice) }),
    })
  }
  return products.length > 0 ? ok(products) : err(ignore('no line of this order is to be shipped'))
}

function toRecipient({ people }: Order): Result<Release, Failure> {
  const { shipTo, customer } = people
  const name = shipTo?.name.trim() || shipTo?.company?.trim() || customer?.name?.trim()
  const missing = [
    ...(name ? [] : ['name']),
    ...(shipTo?.address1.trim() ? [] : ['address1']),
    ...(shipTo?.city.trim() ? [] : ['city']),
  ]
  if (!shipTo) return err(except('missing-address', 'the order has no shipping address'))
  if (!name || missing.length > 0) {
    return err(except('missing-address', `the shipping address has no ${missing.join(', ')}`))
  }
  const email = z.email().safeParse(customer?.email).data
  const phone = shipTo.phone ?? customer?.phone
  return ok({
    name: name.slice(0, 300),
    ...(email && { email }),
    ...(phone && { phone_number: phone.slice(0, 50) }),
    address: {
      address1: shipTo.address1,
      ...(shipTo.address2 && { address2: shipTo.address2 }),
      ...(shipTo.company && { company_name: shipTo.company }),
      city: shipTo.city,
      ...((shipTo.provinceCode || shipTo.province) && {
        state: shipTo.provinceCode || shipTo.province,
      }),
      country: shipTo.countryCode,
      ...(shipTo.postalCode && { zip_code: shipTo.postalCode }),
    },
  })
}

/** The cross-references come before the settings, and a code before its title. */
function toShippingMethod({ shippingMethod, shippingMethods }: Settings, subject: Subject): string {
  for (const name of subject.order.shipping.flatMap(({ code, title }) => [code, title])) {
    if (name === undefined) continue
    const there = named(subject, 'shipping-method', name)
    if (there !== name) return there
    const mapped = Object.hasOwn(shippingMethods, name) && shippingMethods[name]
    if (mapped) return mapped
  }
  return shippingMethod
}

/** ShipBob's amounts are doubles in US dollars, whatever the order was paid in: other currencies are left out. */
const dollars = (amount: Minor): number => Number(decimal(amount, 'USD'))

import { doubt, except, type Failure, retry } from '../../domain/failure.ts'
import { read } from '../../domain/parse.ts'
import type { Account, Effect, Subject } from '../../domain/plug.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Reference } from '../../schemas/canonical/reference.ts'
import { callShipbob, settingsOf } from './call-shipbob.ts'
import { toProducts, toRelease } from './to-release.ts'
import { OrderWire } from './wire.ts'

/** `POST /2026-01/order`. ShipBob refuses a `reference_id` that it has seen, so a second attempt makes no second order. */
export const releaseOrder: Effect = {
  safety: { by: 'key' },
  find: 'in-doubt',
  look,
  async make(account, subject) {
    const settings = settingsOf(account)
    if (!settings.ok) return settings
    const release = toRelease(settings.value, subject)
    if (!release.ok) return release

    const made = await callShipbob(account, {
      kind: 'write',
      method: 'POST',
      path: '/order',
      body: JSON.stringify(release.value),
    })
    if (made.ok) {
      const order = read(OrderWire, made.value.json)
      return order.ok
        ? ok(toReference(order.value))
        : err(doubt('ShipBob answered without an order'))
    }
    return made.error.next === 'ignore' ? claim(account, subject) : made
  },
}

/** The order under our reference, which is ours if it holds what is to be shipped. */
async function look(
  account: Account,
  subject: Subject,
): Promise<Result<Reference | undefined, Failure>> {
  const answer = await callShipbob(account, {
    kind: 'read',
    method: 'GET',
    path: `/order?ReferenceIds=${encodeURIComponent(subject.order.id)}`,
  })
  if (!answer.ok) return answer
  const orders = read(OrderWire.array(), answer.value.json)
  if (!orders.ok) return err(retry('ShipBob listed orders in an unknown shape'))

  const found = orders.value.find(({ reference_id }) => reference_id === subject.order.id)
  if (!found) return ok(undefined)
  if (found.status === 'Cancelled') {
    return err(
      except('effect-refused', 'ShipBob has this order as cancelled, and its reference is used up'),
    )
  }
  return holdsTheSame(found, subject)
    ? ok(toReference(found))
    : err(
        except(
          'amended-after-posting',
          'ShipBob has this order with other quantities than are to be shipped',
        ),
      )
}

async function claim(account: Account, subject: Subject): Promise<Result<Reference, Failure>> {
  const found = await look(account, subject)
  if (!found.ok) return found
  return found.value
    ? ok(found.value)
    : err(retry('ShipBob refuses the reference as taken and does not list its order yet'))
}

/** Products that ShipBob lists without our sku cannot be compared and count as the same. */
function holdsTheSame({ products }: OrderWire, subject: Subject): boolean {
  const wanted = toProducts(subject)
  if (!wanted.ok || !products || products.length === 0) return true
  if (products.some(({ reference_id, sku }) => !reference_id && !sku)) return true
  const held = unitsBySku(
    products.map(({ reference_id, sku, quantity }) => [reference_id || sku || '', quantity]),
  )
  const asked = unitsBySku(
    wanted.value.map(({ reference_id, quantity }) => [reference_id, quantity]),
  )
  return held.size === asked.size && [...asked].every(([sku, units]) => held.get(sku) === units)
}

function unitsBySku(products: readonly (readonly [string, number])[]): Map<string, number> {
  const units = new Map<string, number>()
  for (const [sku, quantity] of products) units.set(sku, (units.get(sku) ?? 0) + quantity)
  return units
}

const toReference = ({ id, order_number }: OrderWire): Reference => ({
  id,
  ...(order_number && { number: order_number }),
})

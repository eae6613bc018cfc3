import type { Edit, Order } from '../../schemas/canonical/order.ts'
import { digest } from './digest.ts'

type Value = Edit['value']

/** Applies people's edits to a snapshot, where the channel's value is still the one they replaced. */
export function edited(order: Order, edits: readonly Edit[]): Order {
  if (edits.length === 0) return order
  const standing = edits.filter(({ field, old }) => digest(valueAt(order, field)) === digest(old))
  const changed = standing.reduce(
    (document, { field, value }) => put(document, field, value),
    order,
  )
  return { ...changed, people: { ...changed.people, edits: [...edits] } }
}

/** Where a field is stored: in the personal data, or on a line. */
function placeOf(
  order: Order,
  field: string,
): { readonly holder: object | undefined; readonly key: string } {
  const [first = '', ...rest] = field.split('.')
  const key = rest.at(-1) ?? ''
  if (first === 'lines') {
    const id = rest.slice(0, -1).join('.')
    return { holder: order.lines.find((line) => line.id === id), key }
  }
  if (first === 'shipping') return { holder: order.shipping[Number(rest[0])], key }
  if (rest.length === 0) return { holder: order.people, key: first }
  return { holder: first === 'shipTo' ? order.people.shipTo : order.people.billTo, key }
}

/** The value of a field; `null` if it is empty, `undefined` if the order has no such field. */
export function valueAt(order: Order, field: string): Value | undefined {
  const { holder, key } = placeOf(order, field)
  return holder && (new Map(Object.entries(holder)).get(key) ?? null)
}

/** The document with a new value in a field. */
export function put(order: Order, field: string, value: Value): Order {
  const document = structuredClone(order)
  const { holder, key } = placeOf(document, field)
  if (!holder) return order
  if (value === null) Reflect.deleteProperty(holder, key)
  else Reflect.set(holder, key, value)
  return document
}

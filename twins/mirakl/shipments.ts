import { type Loose, listOf, loose } from '../kit/body.ts'
import type { TwinWorld } from '../kit/twin.ts'
import {
  lineIdOf,
  linesOf,
  momentOf,
  movedTo,
  numberOf,
  standingUnits,
  stateOf,
  textOf,
} from './order.ts'
import type { Shelf } from './shelf.ts'

export type Dispatch = ReturnType<typeof dispatch>

/** Shipments of parts of orders, for operators that allow them. */
export function dispatch(world: Pick<TwinWorld, 'documents' | 'now'>, shelf: Shelf) {
  const { documents, now } = world
  const all = (): readonly Loose[] => documents.all('shipments').map(loose)
  const of = (orderId: string) => all().filter((one) => one['order_id'] === orderId)

  /** Mirakl's reason against a shipment, if there is one. */
  function objection(asked: Loose): string | undefined {
    const order = shelf.find(textOf(asked['order_id']))
    if (!order) return 'The order does not exist.'
    if (stateOf(order) !== 'SHIPPING') {
      return `The order status must be 'SHIPPING' but it is '${stateOf(order)}'.`
    }
    const sent = of(textOf(asked['order_id'])).flatMap((one) => listOf(one['shipment_lines']))
    const fits = listOf(asked['shipment_lines']).every((part) => {
      const line = linesOf(order).find((one) => lineIdOf(one) === part['order_line_id'])
      const gone = unitsOf(sent, textOf(part['order_line_id']))
      const quantity = numberOf(part['quantity'])
      return line && quantity > 0 && quantity <= standingUnits(line) - gone
    })
    return fits ? undefined : 'Shipment quantity is invalid.'
  }

  /** Once all that stands has left, the order has. */
  function settle(orderId: string): void {
    const order = shelf.find(orderId)
    if (!order) return
    const sent = of(orderId)
      .filter(({ status }) => status === 'SHIPPED')
      .flatMap((one) => listOf(one['shipment_lines']))
    const rest = linesOf(order).filter(
      (line) => unitsOf(sent, lineIdOf(line)) < standingUnits(line),
    )
    const moment = momentOf(now())
    if (rest.length === 0) shelf.put(movedTo(order, 'SHIPPED', { shipped_date: moment }))
  }

  function ship(shipment: Loose): Loose {
    const moment = momentOf(now())
    const left = { ...shipment, status: 'SHIPPED', shipped_date: moment, last_updated_date: moment }
    documents.put('shipments', textOf(shipment['id']), left)
    settle(textOf(shipment['order_id']))
    return left
  }

  return {
    all,
    list: (orderIds: readonly string[]) =>
      all().filter((one) => orderIds.length === 0 || orderIds.includes(textOf(one['order_id']))),
    create(asked: Loose): { readonly made: Loose } | { readonly refused: Loose } {
      const message = objection(asked)
      if (message) return { refused: { order_id: asked['order_id'], message } }
      const { shipped, ...rest } = asked
      const id = `${textOf(asked['order_id'])}-S${of(textOf(asked['order_id'])).length + 1}`
      const moment = momentOf(now())
      const dates = { created_date: moment, last_updated_date: moment }
      const status = { status: 'SHIPPING', status_customer_debit: 'NO_DEBIT' }
      const made = { id, ...dates, ...status, ...rest }
      documents.put('shipments', id, made)
      return { made: shipped === true ? ship(made) : made }
    },
    ship(id: string): { readonly id: string } | { readonly id: string; readonly message: string } {
      const found = loose(documents.get('shipments', id))
      if (found['status'] !== 'SHIPPING') return { id, message: 'Shipment cannot be shipped.' }
      ship(found)
      return { id }
    },
  }
}

const unitsOf = (lines: readonly Loose[], id: string): number =>
  lines.reduce(
    (all, one) => (one['order_line_id'] === id ? all + numberOf(one['quantity']) : all),
    0,
  )

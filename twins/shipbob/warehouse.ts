import { agenda } from '../kit/agenda.ts'
import { digestOf, nextOf } from '../kit/ids.ts'
import type { TwinWorld } from '../kit/twin.ts'
import { standardWebhook } from '../kit/webhooks.ts'
import type { TwinOrder, TwinShipment } from './order.ts'
import { type Shelf, shelf } from './shelf.ts'
import {
  held,
  isCancellable,
  isWorkedAt,
  resumed,
  shipped,
  statusOf,
  troubleOf,
} from './shipment.ts'

/** The first parcel leaves so long after its order came, the second so long after the first. */
const firstAfterMs = 300
const nextAfterMs = 600

interface Due {
  readonly orderId: number
  readonly shipmentId: number
}

/** The warehouse behind the API: it keeps the orders, and ships what is due. */
export interface Warehouse {
  get(id: number): TwinOrder | undefined
  byReference(reference: string): TwinOrder | undefined
  all(): readonly TwinOrder[]
  /** The next number of a kind; ids are int32. */
  next(kind: string, first: number): number
  put(order: TwinOrder): void
  /** Puts an order that just came in, and plans its parcels. */
  take(order: TwinOrder): void
  cancel(order: TwinOrder): TwinOrder
  shipWhatIsDue(): void
  readonly shelf: Shelf
}

export function warehouse(world: TwinWorld, webhookSecret: string): Warehouse {
  const { documents } = world
  // Only this file writes these kinds.
  const get = (id: number) => documents.get('orders', String(id)) as TwinOrder | undefined
  const parcels = agenda<Due>(world, 'parcels')
  const put = (order: TwinOrder) => documents.put('orders', String(order.id), order)
  const goods = shelf(documents)

  function change(order: TwinOrder, changed: TwinShipment): TwinOrder {
    const shipments = order.shipments.map((shipment) =>
      shipment.id === changed.id ? changed : shipment,
    )
    const after = { ...order, shipments, status: statusOf(shipments) }
    put(after)
    return after
  }

  function handle({ orderId, shipmentId }: Due): void {
    const order = get(orderId)
    const shipment = order?.shipments.find(({ id }) => id === shipmentId)
    if (!order || !shipment) return
    const at = world.now()
    const trouble = troubleOf(shipment)
    const planNext = (afterMs: number) => parcels.plan([{ task: { orderId, shipmentId }, afterMs }])
    if (shipment.status === 'OnHold' || shipment.status === 'Exception') {
      // Without a webhook: ShipBob has no topic for a shipment that goes on.
      change(order, resumed(shipment, at.toISOString()))
      planNext(trouble?.forMs ?? 0)
      return
    }
    if (shipment.status !== 'Processing') return
    if (!trouble || isWorkedAt(shipment)) {
      goods.leave(shipment)
      // The whole order, once per parcel: https://developer.shipbob.com/webhooks
      notify('order.shipped', change(order, shipped(shipment, at.toISOString())), shipmentId)
      return
    }
    const stopped = held(shipment, trouble, at.toISOString())
    change(order, stopped)
    const topic = trouble.status === 'OnHold' ? 'on_hold' : 'exception'
    notify(`order.shipment.${topic}`, stopped, shipmentId)
    if (trouble.forMs !== undefined) planNext(trouble.forMs)
  }

  function notify(topic: string, resource: unknown, shipmentId: number): void {
    const body = JSON.stringify(resource)
    const id = `msg_${digestOf(`${topic} ${shipmentId}`).toString('hex').slice(0, 27)}`
    const webhook = standardWebhook({ id, body, now: world.now() }, webhookSecret)
    world.deliver({ ...webhook, headers: { ...webhook.headers, 'x-webhook-topic': topic } })
  }

  return {
    shelf: goods,
    get,
    put,
    byReference: (reference) => {
      // Written by `take`.
      const id = documents.get('references', reference) as number | undefined
      return id === undefined ? undefined : get(id)
    },
    all: () => documents.all('orders') as readonly TwinOrder[],
    next: (kind, first) => nextOf(documents, kind, first),
    take: (order) => {
      put(order)
      documents.put('references', order.reference_id, order.id)
      for (const shipment of order.shipments) goods.commit(shipment)
      parcels.plan(
        order.shipments.map(({ id }, index) => ({
          task: { orderId: order.id, shipmentId: id },
          afterMs: firstAfterMs + index * nextAfterMs,
        })),
      )
    },
    cancel: (order) => {
      const at = world.now().toISOString()
      return order.shipments.reduce((before, shipment) => {
        if (!isCancellable(shipment)) return before
        goods.release(shipment)
        const cancelled: TwinShipment = { ...shipment, status: 'Cancelled', last_update_at: at }
        const after = change(before, cancelled)
        notify('order.shipment.cancelled', cancelled, shipment.id)
        return after
      }, order)
    },
    shipWhatIsDue: () => parcels.doWhatIsDue(handle),
  }
}

import { createHash, createHmac } from 'node:crypto'
import type { TwinWorld } from '../kit/twin.ts'
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
  readonly atMs: number
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
  const agenda = () => (documents.get('agenda', 'parcels') ?? []) as readonly Due[]
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

  function plan(due: readonly Due[]): void {
    documents.put('agenda', 'parcels', [...agenda(), ...due])
  }

  function handle({ orderId, shipmentId }: Due): void {
    const order = get(orderId)
    const shipment = order?.shipments.find(({ id }) => id === shipmentId)
    if (!order || !shipment) return
    const at = world.now()
    const trouble = troubleOf(shipment)
    const next = { orderId, shipmentId, atMs: at.getTime() + (trouble?.forMs ?? 0) }
    if (shipment.status === 'OnHold' || shipment.status === 'Exception') {
      // Nobody is told: ShipBob has no topic for what goes on.
      change(order, resumed(shipment, at.toISOString()))
      plan([next])
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
    if (trouble.forMs !== undefined) plan([next])
  }

  function notify(topic: string, resource: unknown, shipmentId: number): void {
    const body = JSON.stringify(resource)
    const id = `msg_${createHash('sha256').update(`${topic} ${shipmentId}`).digest('hex').slice(0, 27)}`
    const timestamp = String(Math.floor(world.now().getTime() / 1000))
    const key = Buffer.from(webhookSecret.slice('whsec_'.length), 'base64')
    const signature = createHmac('sha256', key)
      .update(`${id}.${timestamp}.${body}`)
      .digest('base64')
    world.deliver({
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${signature}`,
        'x-webhook-topic': topic,
      },
      body,
    })
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
    next: (kind, first) => {
      // Written here alone.
      const number = ((documents.get('counters', kind) as number | undefined) ?? first - 1) + 1
      documents.put('counters', kind, number)
      return number
    },
    take: (order) => {
      put(order)
      documents.put('references', order.reference_id, order.id)
      for (const shipment of order.shipments) goods.commit(shipment)
      const now = world.now().getTime()
      const due = order.shipments.map(({ id }, index) => ({
        orderId: order.id,
        shipmentId: id,
        atMs: now + firstAfterMs + index * nextAfterMs,
      }))
      plan(due)
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
    shipWhatIsDue: () => {
      const planned = agenda()
      const now = world.now().getTime()
      const due = planned.filter(({ atMs }) => atMs <= now)
      if (due.length === 0) return
      for (const parcel of due) handle(parcel)
      const later = agenda().filter(({ atMs }) => atMs > now)
      documents.put('agenda', 'parcels', later)
    },
  }
}

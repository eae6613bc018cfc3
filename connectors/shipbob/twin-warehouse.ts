import { createHash, createHmac } from 'node:crypto'
import type { TwinWorld } from '../../domain/twin.ts'
import type { TwinOrder, TwinShipment } from './twin-order.ts'

/** The first parcel leaves so long after its order came, the second so long after the first. */
const firstAfterMs = 300
const nextAfterMs = 600

/** Skus that the warehouse cannot ship, so that holds can be tried. */
const troubles: Readonly<Record<string, { status: 'OnHold' | 'Exception'; detail: string }>> = {
  'TWIN-ON-HOLD': { status: 'OnHold', detail: 'InvalidAddress' },
  'TWIN-OUT-OF-STOCK': { status: 'Exception', detail: 'OutOfStock' },
}

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
}

export function warehouse(world: TwinWorld, webhookSecret: string): Warehouse {
  const { documents } = world
  // Only this file writes these kinds.
  const get = (id: number) => documents.get('orders', String(id)) as TwinOrder | undefined
  const agenda = () => (documents.get('agenda', 'parcels') ?? []) as readonly Due[]
  const put = (order: TwinOrder) => documents.put('orders', String(order.id), order)

  function change(order: TwinOrder, changed: TwinShipment): TwinOrder {
    const shipments = order.shipments.map((shipment) =>
      shipment.id === changed.id ? changed : shipment,
    )
    const after = { ...order, shipments, status: statusOf(shipments) }
    put(after)
    return after
  }

  function ship({ orderId, shipmentId }: Due): void {
    const order = get(orderId)
    const shipment = order?.shipments.find(({ id }) => id === shipmentId)
    if (!order || shipment?.status !== 'Processing') return
    const at = world.now().toISOString()
    const trouble = shipment.products
      .map(({ reference_id }) => troubles[reference_id])
      .find(Boolean)
    if (!trouble) {
      // The whole order, once per parcel: https://developer.shipbob.com/webhooks
      notify('order.shipped', change(order, shipped(shipment, at)), shipmentId)
      return
    }
    const held = {
      ...shipment,
      status: trouble.status,
      status_details: [detail(trouble.detail)],
      last_update_at: at,
    }
    change(order, held)
    notify(
      trouble.status === 'OnHold' ? 'order.shipment.on_hold' : 'order.shipment.exception',
      held,
      shipmentId,
    )
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
      const now = world.now().getTime()
      const due = order.shipments.map(({ id }, index) => ({
        orderId: order.id,
        shipmentId: id,
        atMs: now + firstAfterMs + index * nextAfterMs,
      }))
      documents.put('agenda', 'parcels', [...agenda(), ...due])
    },
    cancel: (order) => {
      const at = world.now().toISOString()
      return order.shipments.reduce((before, shipment) => {
        if (shipment.status === 'Completed' || shipment.status === 'Cancelled') return before
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
      for (const parcel of due) ship(parcel)
      documents.put(
        'agenda',
        'parcels',
        planned.filter(({ atMs }) => atMs > now),
      )
    },
  }
}

function shipped(shipment: TwinShipment, at: string): TwinShipment {
  const number = `TWIN${String(shipment.id).padStart(12, '0')}`
  return {
    ...shipment,
    status: 'Completed',
    status_details: [detail('Shipped')],
    actual_fulfillment_date: at,
    estimated_fulfillment_date_status: 'FulfilledOnTime',
    last_update_at: at,
    last_tracking_update_at: at,
    tracking: {
      ...shipment.tracking,
      carrier: 'USPS',
      carrier_service: 'Priority',
      tracking_number: number,
      tracking_url: `https://tracking.example/${number}`,
      shipping_date: at,
    },
  }
}

function statusOf(shipments: readonly TwinShipment[]): TwinOrder['status'] {
  const living = shipments.filter(({ status }) => status !== 'Cancelled')
  if (living.length === 0) return 'Cancelled'
  if (living.every(({ status }) => status === 'Completed')) return 'Fulfilled'
  if (living.some(({ status }) => status === 'Completed')) return 'PartiallyFulfilled'
  return living.some(({ status }) => status === 'Processing') ? 'Processing' : 'Exception'
}

const detail = (name: string) => ({
  id: 0,
  name,
  description: null,
  inventory_id: null,
  exception_fulfillment_center_id: null,
  extra_information: { validation_messages: null },
})

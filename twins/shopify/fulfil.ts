import type { TwinWorld } from '../kit/twin.ts'
import { digits, textOf } from './body.ts'
import {
  type FulfilmentOrder,
  fulfilmentOrdersOf,
  fulfilmentsOf,
  type OpenOrder,
  type StoredFulfilment,
  serial,
} from './order.ts'

/** The argument of `fulfillmentCreate`, as GraphQL has already checked it. */
export interface FulfillmentInput {
  readonly lineItemsByFulfillmentOrder: readonly {
    readonly fulfillmentOrderId: string
    readonly fulfillmentOrderLineItems?: readonly {
      readonly id: string
      readonly quantity: number
    }[]
  }[]
  readonly trackingInfo?: {
    readonly company?: string
    readonly number?: string
    readonly numbers?: readonly string[]
    readonly url?: string
    readonly urls?: readonly string[]
  }
}

interface UserError {
  readonly field: readonly string[]
  readonly message: string
}

type Making =
  | { readonly made: StoredFulfilment; readonly order: OpenOrder }
  | { readonly errors: readonly UserError[] }

/** Fulfils what is asked, or says as Shopify does why not. */
export function makeFulfilment(
  world: Pick<TwinWorld, 'now'>,
  input: FulfillmentInput,
  find: (orderId: string) => OpenOrder | undefined,
): Making {
  const asked = input.lineItemsByFulfillmentOrder.map((part) => {
    const id = digits(part.fulfillmentOrderId)
    const order = find(id.slice(0, -3))
    const planned = order && fulfilmentOrdersOf(order).find((candidate) => candidate.id === id)
    return { id, order, planned, lines: part.fulfillmentOrderLineItems }
  })
  const [first] = asked
  const order = first?.order
  if (!first || !order) return refuse('Fulfillment order does not exist.')
  if (asked.some((part) => part.order?.id !== order.id)) {
    return refuse('Fulfillment orders must belong to the same order.')
  }

  const units: { id: string; quantity: number }[] = []
  for (const { id, planned, lines } of asked) {
    if (!planned) return refuse('Fulfillment order does not exist.')
    if (planned.location !== first.planned?.location) {
      return refuse('All fulfillment orders must be assigned to the same location.')
    }
    if (planned.status !== 'OPEN' && planned.status !== 'IN_PROGRESS') {
      const status = planned.status.toLowerCase()
      return refuse(`Fulfillment order ${id} has an unfulfillable status= ${status}.`)
    }
    const taken = take(planned, lines)
    if (!taken) return refuse('Invalid fulfillment order line item quantity requested.')
    units.push(...taken)
  }

  const made = fulfilmentsOf(order).length
  return {
    order,
    made: {
      id: `${order.id}${serial(made)}`,
      name: `${textOf(order.wire['name']) ?? `#${order.id}`}.${made + 1}`,
      status: 'SUCCESS',
      createdAt: world.now().toISOString(),
      location: first.planned?.location ?? '1',
      tracking: trackingOf(input.trackingInfo),
      lines: units,
    },
  }
}

function take(
  planned: FulfilmentOrder,
  lines: readonly { readonly id: string; readonly quantity: number }[] | undefined,
): { id: string; quantity: number }[] | undefined {
  if (!lines || lines.length === 0) {
    const rest = planned.lines.filter(({ remaining }) => remaining > 0)
    return rest.map(({ lineId, remaining }) => ({ id: lineId, quantity: remaining }))
  }
  const wanted = new Map<string, number>()
  for (const { id, quantity } of lines) {
    const line = planned.lines.find((candidate) => candidate.id === digits(id))
    const all = (wanted.get(line?.lineId ?? '') ?? 0) + quantity
    if (!line || quantity <= 0 || all > line.remaining) return undefined
    wanted.set(line.lineId, all)
  }
  return [...wanted].map(([id, quantity]) => ({ id, quantity }))
}

function trackingOf(info: FulfillmentInput['trackingInfo'] = {}): StoredFulfilment['tracking'] {
  const numbers = info.numbers ?? (info.number === undefined ? [] : [info.number])
  const urls = info.urls ?? (info.url === undefined ? [] : [info.url])
  return numbers.map((number, index) => ({
    company: info.company ?? null,
    number,
    url: urls[index] ?? null,
  }))
}

const refuse = (message: string): Making => ({ errors: [{ field: ['fulfillment'], message }] })

/** Where an id of a fulfilment or fulfilment order leads. */
export function orderIdWithin(gid: string): string {
  return digits(gid).slice(0, -3)
}

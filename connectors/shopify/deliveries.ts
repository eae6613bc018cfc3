import { z } from 'zod'
import type { Account } from '../../domain/account.ts'
import { except, type Failure } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { ask } from './client.ts'
import { everyNode } from './pages.ts'
import { idOfGid } from './sold-order.ts'
import { PageInfo } from './wire-graphql.ts'

/** What the shop knows of an order's parcels: those that left, and what is still to be fulfilled from where. */
export interface Delivered {
  /** Only those that stand. */
  readonly fulfilments: readonly Fulfilment[]
  readonly fulfilmentOrders: readonly FulfilmentOrder[]
}

export interface Fulfilment {
  readonly id: string
  readonly name: string
  readonly numbers: readonly string[]
}

export interface FulfilmentOrder {
  readonly id: string
  readonly status: string
  readonly location: string
  readonly lines: readonly FulfilmentOrderLine[]
}

interface FulfilmentOrderLine {
  readonly id: string
  readonly lineId: string
  readonly remaining: number
}

/** Units by line id. */
export type Units = ReadonlyMap<string, number>

const LineItem = z.object({ id: z.string() })
const OrderLines = z.object({
  pageInfo: PageInfo,
  nodes: z.array(z.object({ id: z.string(), remainingQuantity: z.int(), lineItem: LineItem })),
})

const FulfilmentOrderNode = z.object({
  id: z.string(),
  status: z.string(),
  assignedLocation: z.object({ location: z.object({ id: z.string() }).nullish() }),
  lineItems: OrderLines,
})

const DeliveriesAnswer = z.object({
  order: z
    .object({
      fulfillments: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          status: z.string(),
          trackingInfo: z.array(z.object({ number: z.string().nullish() })),
        }),
      ),
      fulfillmentOrders: z.object({ pageInfo: PageInfo, nodes: z.array(FulfilmentOrderNode) }),
    })
    .nullable(),
})

const undone: ReadonlySet<string> = new Set(['CANCELLED', 'ERROR', 'FAILURE'])

export async function readDelivered(
  account: Account,
  channelOrderId: string,
): Promise<Result<Delivered, Failure>> {
  const first = await deliveriesPage(account, channelOrderId, null)
  if (!first.ok) return first
  const nodes = await everyNode(first.value.fulfillmentOrders, async (cursor) => {
    const page = await deliveriesPage(account, channelOrderId, cursor)
    return page.ok ? ok(page.value.fulfillmentOrders) : page
  })
  if (!nodes.ok) return nodes

  const fulfilmentOrders: FulfilmentOrder[] = []
  for (const node of nodes.value) {
    const whole = await withAllLines(account, node)
    if (!whole.ok) return whole
    fulfilmentOrders.push(whole.value)
  }
  const standing = first.value.fulfillments.filter(({ status }) => !undone.has(status))
  return ok({
    fulfilments: standing.map(({ id, name, trackingInfo }) => ({
      id,
      name,
      numbers: trackingInfo.flatMap(({ number }) => (number ? [number] : [])),
    })),
    fulfilmentOrders,
  })
}

async function deliveriesPage(
  account: Account,
  channelOrderId: string,
  after: string | null,
): Promise<Result<NonNullable<z.infer<typeof DeliveriesAnswer>['order']>, Failure>> {
  const answer = await ask(account, {
    operation: 'deliveries',
    variables: { id: `gid://shopify/Order/${channelOrderId}`, after },
    answer: DeliveriesAnswer,
  })
  if (!answer.ok) return answer
  return answer.value.order
    ? ok(answer.value.order)
    : err(except('order-not-found', 'the shop does not have this order any more'))
}

const LinesAnswer = z.object({ fulfillmentOrder: z.object({ lineItems: OrderLines }) })

async function withAllLines(
  account: Account,
  node: z.infer<typeof FulfilmentOrderNode>,
): Promise<Result<FulfilmentOrder, Failure>> {
  const nodes = await everyNode(node.lineItems, async (after) => {
    const answer = await ask(account, {
      operation: 'fulfillmentOrderLines',
      variables: { id: node.id, after },
      answer: LinesAnswer,
    })
    return answer.ok ? ok(answer.value.fulfillmentOrder.lineItems) : answer
  })
  if (!nodes.ok) return nodes
  return ok({
    id: node.id,
    status: node.status,
    location: node.assignedLocation.location?.id ?? '',
    lines: nodes.value.map(({ id, remainingQuantity, lineItem }) => ({
      id,
      lineId: idOfGid(lineItem.id) ?? lineItem.id,
      remaining: remainingQuantity,
    })),
  })
}

const FulfilmentLines = z.object({
  pageInfo: PageInfo,
  nodes: z.array(z.object({ quantity: z.int().nullable(), lineItem: LineItem })),
})
const FulfilmentAnswer = z.object({
  fulfillment: z.object({ fulfillmentLineItems: FulfilmentLines }),
})

/** What these fulfilments have together. */
export async function fulfilledBy(
  account: Account,
  fulfilments: readonly Fulfilment[],
): Promise<Result<Units, Failure>> {
  let units: Units = new Map()
  for (const { id } of fulfilments) {
    const page = async (after: string | null) => {
      const answer = await ask(account, {
        operation: 'fulfillmentLines',
        variables: { id, after },
        answer: FulfilmentAnswer,
      })
      return answer.ok ? ok(answer.value.fulfillment.fulfillmentLineItems) : answer
    }
    const first = await page(null)
    if (!first.ok) return first
    const nodes = await everyNode(first.value, page)
    if (!nodes.ok) return nodes
    for (const { lineItem, quantity } of nodes.value) {
      units = add(units, idOfGid(lineItem.id) ?? lineItem.id, quantity ?? 0)
    }
  }
  return ok(units)
}

export const add = (units: Units, id: string, quantity: number): Units =>
  new Map(units).set(id, (units.get(id) ?? 0) + quantity)

/** What is left of `units` without `taken`; lines with nothing left are gone. */
export const minus = (units: Units, taken: Units): Units =>
  new Map(
    [...units]
      .map(([id, quantity]) => [id, quantity - (taken.get(id) ?? 0)] as const)
      .filter(([, quantity]) => quantity > 0),
  )

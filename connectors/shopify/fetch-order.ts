import { z } from 'zod'
import type { Account } from '../../domain/account.ts'
import { type Failure, retry } from '../../domain/failure.ts'
import { read } from '../../domain/parse.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Order } from '../../schemas/canonical/order.ts'
import { ask } from './client.ts'
import { fromNode } from './from-node.ts'
import { everyNode } from './pages.ts'
import { idOfGid } from './sold-order.ts'
import { toOrder } from './to-order.ts'
import { LinePage, OrderNode } from './wire-graphql.ts'

/** The order as the shop has it now, with every line; `undefined` when the shop has none of this id or name. */
export async function fetchOrder(
  account: Account,
  name: string,
): Promise<Result<Order | undefined, Failure>> {
  const named = name.startsWith(prefix) ? await orderOf(account, name) : ok(name)
  if (!named.ok) return named
  const channelOrderId = named.value ?? ''
  if (!/^\d+$/.test(channelOrderId)) return ok(undefined)
  const id = `gid://shopify/Order/${channelOrderId}`
  const found = await ask(account, {
    operation: 'order',
    variables: { id },
    answer: z.object({ order: z.unknown() }),
  })
  if (!found.ok) return found
  if (!found.value.order) return ok(undefined)

  const node = read(OrderNode, found.value.order)
  if (!node.ok) return node
  const { id: gid, updatedAt } = node.value
  const nodes = await everyNode(node.value.lineItems, (after) =>
    linesAfter(account, { id: gid, updatedAt, after }),
  )
  if (!nodes.ok) return nodes
  const lineItems = { ...node.value.lineItems, nodes: [...nodes.value] }
  return toOrder(account.connection, fromNode({ ...node.value, lineItems }))
}

const prefix = 'fulfillment-order-'

/** Stands for the id of the order that a fulfilment order is of, where a message names only that. */
export const fulfilmentOrderName = (gid: string): string => `${prefix}${idOfGid(gid)}`

async function orderOf(
  account: Account,
  name: string,
): Promise<Result<string | undefined, Failure>> {
  const found = await ask(account, {
    operation: 'orderOfFulfillmentOrder',
    variables: { id: `gid://shopify/FulfillmentOrder/${name.slice(prefix.length)}` },
    answer: z.object({ fulfillmentOrder: z.object({ orderId: z.string() }).nullish() }),
  })
  return found.ok ? ok(idOfGid(found.value.fulfillmentOrder?.orderId)) : found
}

interface Place {
  readonly id: string
  readonly updatedAt: string
  readonly after: string
}

async function linesAfter(
  account: Account,
  { id, updatedAt, after }: Place,
): Promise<Result<z.infer<typeof LinePage>, Failure>> {
  const answer = await ask(account, {
    operation: 'orderLines',
    variables: { id, after },
    answer: z.object({ order: z.object({ updatedAt: z.string(), lineItems: LinePage }) }),
  })
  if (!answer.ok) return answer
  const { order } = answer.value
  return order.updatedAt === updatedAt
    ? ok(order.lineItems)
    : err(retry('the order changed while it was read'))
}

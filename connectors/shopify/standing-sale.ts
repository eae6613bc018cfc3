import { z } from 'zod'
import type { Account } from '../../domain/account.ts'
import { except, type Failure } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { ask } from './client.ts'
import { everyNode } from './pages.ts'
import { idOfGid } from './sold-order.ts'
import { PageInfo } from './wire-graphql.ts'

/** What stands of an order at the shop now. */
export interface StandingSale {
  readonly id: string
  readonly name: string
  readonly cancelled: boolean
  readonly presentmentCurrency: string
  readonly lines: readonly StandingLine[]
  readonly refunds: readonly NotedRefund[]
}

export interface StandingLine {
  readonly id: string
  /** A tip is neither shipped nor has it a SKU. */
  readonly isGoods: boolean
  readonly current: number
  /** Units taken back, by whomever. */
  readonly gone: number
  readonly unfulfilled: number
  readonly fulfilled: number
}

export interface NotedRefund {
  readonly id: string
  readonly note?: string | null
}

const Lines = z.object({
  pageInfo: PageInfo,
  nodes: z.array(
    z.object({
      id: z.string(),
      sku: z.string().nullish(),
      requiresShipping: z.boolean(),
      quantity: z.int(),
      currentQuantity: z.int(),
      unfulfilledQuantity: z.int(),
      nonFulfillableQuantity: z.int(),
    }),
  ),
})

const Answer = z.object({
  order: z
    .object({
      id: z.string(),
      name: z.string(),
      cancelledAt: z.string().nullish(),
      presentmentCurrencyCode: z.string(),
      refunds: z.array(z.object({ id: z.string(), note: z.string().nullish() })),
      lineItems: Lines,
    })
    .nullable(),
})

export async function readSale(
  account: Account,
  channelOrderId: string,
): Promise<Result<StandingSale, Failure>> {
  const first = await salePage(account, channelOrderId, null)
  if (!first.ok) return first
  const nodes = await everyNode(first.value.lineItems, async (cursor) => {
    const page = await salePage(account, channelOrderId, cursor)
    return page.ok ? ok(page.value.lineItems) : page
  })
  if (!nodes.ok) return nodes
  const { id, name, cancelledAt, presentmentCurrencyCode, refunds } = first.value
  return ok({
    id,
    name,
    cancelled: Boolean(cancelledAt),
    presentmentCurrency: presentmentCurrencyCode,
    refunds,
    lines: nodes.value.map((node) => ({
      id: idOfGid(node.id) ?? node.id,
      isGoods: node.requiresShipping || Boolean(node.sku),
      current: node.currentQuantity,
      gone: node.quantity - node.currentQuantity,
      unfulfilled: node.unfulfilledQuantity,
      fulfilled: node.quantity - node.unfulfilledQuantity - node.nonFulfillableQuantity,
    })),
  })
}

async function salePage(
  account: Account,
  channelOrderId: string,
  after: string | null,
): Promise<Result<NonNullable<z.infer<typeof Answer>['order']>, Failure>> {
  const answer = await ask(account, {
    operation: 'sale',
    variables: { id: `gid://shopify/Order/${channelOrderId}`, after },
    answer: Answer,
  })
  if (!answer.ok) return answer
  return answer.value.order
    ? ok(answer.value.order)
    : err(except('order-not-found', 'the shop does not have this order any more'))
}

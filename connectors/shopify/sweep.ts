import { z } from 'zod'
import type { Sweep } from '../../domain/poll.ts'
import { ok } from '../../domain/result.ts'
import { ask } from './client.ts'
import { PageInfo } from './wire-graphql.ts'

const Swept = z.looseObject({
  id: z.string(),
  lineItems: z.looseObject({ pageInfo: PageInfo }),
})

const Answer = z.object({
  orders: z.object({ pageInfo: PageInfo, nodes: z.array(Swept) }),
})

/** Every order that changed in the window. One whose lines do not fit its page is only named, so that it is fetched. */
export const sweep: Sweep = async (account, { from, to, cursor }) => {
  const answer = await ask(account, {
    operation: 'changedOrders',
    variables: {
      query: `updated_at:>='${from}' AND updated_at:<='${to}'`,
      after: cursor ?? null,
    },
    answer: Answer,
  })
  if (!answer.ok) return answer

  const { nodes, pageInfo } = answer.value.orders
  return ok({
    deliveries: nodes.map((node) => ({ headers: {}, body: JSON.stringify(whole(node)) })),
    ...(pageInfo.hasNextPage && pageInfo.endCursor && { cursor: pageInfo.endCursor }),
  })
}

const whole = (node: z.infer<typeof Swept>): object =>
  node.lineItems.pageInfo.hasNextPage ? { id: node.id } : node

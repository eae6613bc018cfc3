import { z } from 'zod'
import { parse } from '../../domain/parse.ts'
import { ok } from '../../domain/result.ts'
import { OrderSubmission } from '../../schemas/api/order-submission.ts'
import type { Connector } from '../contract.ts'
import { DirectSettings } from './settings.ts'
import { toOrder } from './to-order.ts'

/** Orders that come through the Capability API: a point of sale, customer service, a partner. */
export const orderApi = {
  id: 'order-api',
  title: 'Orders through the API',
  settings: DirectSettings,
  hosts: () => [],
  maxConcurrency: 2,
  topics: [],
  read({ connection, body }) {
    const submission = parse(OrderSubmission, body)
    if (!submission.ok) return submission
    const order = toOrder(connection, submission.value)
    return order.ok ? ok([{ type: 'snapshot', order: order.value }]) : order
  },
  orders: {
    effects: {},
    submissions: true,
    nameOf(body) {
      const named = parse(z.object({ id: z.string().min(1).max(100) }), body)
      return named.ok ? named.value.id : undefined
    },
  },
} satisfies Connector

import { z } from 'zod'
import { ConnectionId, OrderId } from '../canonical/identity.ts'
import { Instant } from '../canonical/instant.ts'
import { ExceptionCode, ExceptionOwner } from '../events/exception.ts'
import { Money } from './amount.ts'
import { Status } from './order-view.ts'

/** An exception on the desk. */
export const ExceptionRecord = z.object({
  order: z.object({
    id: OrderId,
    channel: ConnectionId,
    number: z.string().optional(),
    status: Status,
  }),
  code: ExceptionCode,
  subject: z.string().describe('The effect, parcel or stage that it is about; empty: the order.'),
  owner: ExceptionOwner,
  impact: z.object({
    money: Money.optional().describe("The order's total; absent if not known yet."),
    customersWaiting: z.int(),
  }),
  raisedAt: Instant,
  ageSeconds: z.int(),
  deadline: Instant,
  overdue: z.boolean(),
  clears: z.string().describe('What clears it.'),
  commands: z.array(z.string()).describe('Commands that may help.'),
  edits: z.array(z.string()).optional().describe('The fields that `edit` may correct.'),
  runbook: z.string(),
  fact: z
    .object({
      connection: ConnectionId,
      reason: z.string(),
      raw: z.string().optional().describe('Where the raw message is stored.'),
    })
    .describe('The fact that raised it.'),
})
export type ExceptionRecord = z.infer<typeof ExceptionRecord>

/** The exception desk, most urgent order first. A page may have more or fewer exceptions than its limit of orders. */
export const ExceptionPage = z.object({
  exceptions: z.array(ExceptionRecord),
  next: z.string().optional().describe('The cursor of the next page; absent on the last.'),
})
export type ExceptionPage = z.infer<typeof ExceptionPage>

/** The request is stored durably in a queue and will reach the ledger in a moment. */
export const Accepted = z.object({
  orderId: OrderId.optional(),
  connection: ConnectionId,
  receivedAt: Instant,
})
export type Accepted = z.infer<typeof Accepted>

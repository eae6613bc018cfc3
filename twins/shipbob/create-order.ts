import { z } from 'zod'
import { json } from '../kit/answer.ts'
import type { TwinReply } from '../kit/twin.ts'

const text = z.string().nullish()

const Address = z.object({
  address1: z.string().min(1),
  address2: text,
  company_name: text,
  city: z.string().min(1),
  state: text,
  country: z.string().min(1),
  zip_code: text,
})

/** `Orders.CreateOrderModel`, with products by reference id: the twin knows every product. */
export const TwinCreateOrder = z.object({
  reference_id: z.string().min(1).max(300),
  order_number: z.string().max(400).nullish(),
  type: z.enum(['DTC', 'DropShip', 'B2B']),
  shipping_method: z.string().min(1),
  purchase_date: z.iso.datetime({ offset: true }).nullish(),
  gift_message: z.string().max(500).nullish(),
  location_id: z.int32().nullish(),
  financials: z.object({ total_price: z.number().nullish() }).optional(),
  tags: z
    .array(z.object({ name: z.string().min(1).max(50), value: z.string().min(1).max(500) }))
    .nullish(),
  recipient: z.object({
    name: z.string().min(1).max(300),
    email: z.email().nullish(),
    phone_number: z.string().max(50).nullish(),
    address: Address,
  }),
  products: z
    .array(
      z.object({
        reference_id: z.string().min(1),
        name: z.string().min(1),
        quantity: z.int32().min(1),
        external_line_id: z.int32().nullish(),
        unit_price: z.number().nullish(),
      }),
    )
    .min(1),
})
export type TwinCreateOrder = z.infer<typeof TwinCreateOrder>

/** A 422 as the specification has it: messages by field. */
export function invalid(issues: readonly z.core.$ZodIssue[]): TwinReply {
  const messages: Record<string, string[]> = {}
  for (const { path, message } of issues) {
    const field = path
      .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
      .join('')
      .slice(1)
    messages[field] = [...(messages[field] ?? []), message]
  }
  return problem(422, messages)
}

export const problem = (
  status: number,
  messages: Readonly<Record<string, readonly string[]>>,
): TwinReply => json(status, messages)

import { z } from 'zod'
import type { Failure } from '../../domain/failure.ts'
import { read } from '../../domain/parse.ts'
import type { Delivery, Reading } from '../../domain/reading.ts'
import { ok, type Result } from '../../domain/result.ts'
import { exactly } from './exact.ts'
import { toOrder } from './to-order.ts'
import { WireOrder } from './wire.ts'

/** A swept order is the whole order, as OR11 lists it. */
export function readDelivery({
  connection,
  body,
}: Pick<Delivery, 'connection' | 'body'>): Result<readonly Reading[], Failure> {
  const json = exactly(body)
  if (!json.ok) return json
  const wire = read(WireOrder, json.value)
  if (!wire.ok) return wire
  const order = toOrder(connection, wire.value)
  return order.ok ? ok([{ type: 'snapshot', order: order.value }]) : order
}

const Named = z.object({ order_id: z.string().min(1) })

/** Which order a body is about that could not be read as one. */
export function nameOf(body: string): string | undefined {
  const json = exactly(body)
  const named = json.ok ? Named.safeParse(json.value) : undefined
  return named?.data?.order_id
}

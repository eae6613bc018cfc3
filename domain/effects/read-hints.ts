import { z } from 'zod'
import { type ConnectionId, OrderId } from '../../schemas/canonical/identity.ts'
import { EffectHint } from '../../schemas/messages/effect-hint.ts'
import { Requests } from '../../schemas/messages/requests.ts'
import { except, type Failure } from '../failure.ts'
import { parse } from '../parse.ts'
import { err, ok, type Result } from '../result.ts'

/** The bus's message; a hint that waited returns as one hint. */
const Event = z.object({
  orderId: OrderId,
  requests: Requests,
  traceparent: z.string().optional(),
})

/** Reads a lane's message; rejects one for another connection. */
export function readHints(
  body: string,
  connection: ConnectionId,
): Result<readonly EffectHint[], Failure> {
  const event = parse(Event, body)
  if (event.ok) {
    const { requests, ...about } = event.value
    const asked = requests[connection] ?? []
    return asked.length > 0
      ? ok(asked.map((intentId) => ({ ...about, intentId, connection })))
      : err(astray(Object.keys(requests).join(', '), connection))
  }
  const hint = parse(EffectHint, body)
  if (!hint.ok) return hint
  if (hint.value.connection === connection) return ok([hint.value])
  return err(astray(hint.value.connection, connection))
}

const astray = (meant: string, lane: ConnectionId): Failure =>
  except('unreadable-payload', `a hint for ${meant} arrived in the lane of ${lane}`)

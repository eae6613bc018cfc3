import { z } from 'zod'
import { type ConnectionId, OrderId } from '../../schemas/canonical/identity.ts'
import { EffectHint } from '../../schemas/messages/effect-hint.ts'
import { Requests } from '../../schemas/messages/requests.ts'
import { except, type Failure } from '../failure.ts'
import { parse } from '../parse.ts'
import { err, ok, type Result } from '../result.ts'

/** What the bus brings; what waits for its turn comes back as one hint. */
const Event = z.object({
  orderId: OrderId,
  requests: Requests,
  traceparent: z.string().optional(),
})

/** Reads a lane's message; one that was meant for another connection is refused, whatever a queue says. */
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

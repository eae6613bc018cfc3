import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import { EffectHint } from '../../schemas/messages/effect-hint.ts'
import { except, type Failure } from '../failure.ts'
import { parse } from '../parse.ts'
import { err, type Result } from '../result.ts'

/** Reads a lane's message; one that was meant for another connection is refused, whatever a queue says. */
export function readHint(body: string, connection: ConnectionId): Result<EffectHint, Failure> {
  const hint = parse(EffectHint, body)
  if (!hint.ok || hint.value.connection === connection) return hint
  const reason = `a hint for ${hint.value.connection} came down the lane of ${connection}`
  return err(except('unreadable-payload', reason))
}

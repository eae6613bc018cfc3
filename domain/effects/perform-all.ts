import type { OrderId } from '../../schemas/canonical/identity.ts'
import { type PerformDeps, perform } from './perform.ts'
import type { Performed } from './performed.ts'
import { readHints } from './read-hints.ts'

/** Performs the effects in a lane's message, one after another. */
export async function performAll(body: string, deps: PerformDeps): Promise<PerformedOn> {
  const hints = readHints(body, deps.account.connection)
  if (!hints.ok) return { did: 'nothing', ...hints.error }
  const performed: Performed[] = []
  for (const hint of hints.value) performed.push(await perform(hint, deps))
  const did = performed.map((one) => one.did).join(', then ')
  const [{ orderId, traceparent } = {}] = hints.value
  return { ...performed.at(-1), did, orderId, traceparent }
}

/** What was done, and on which order; a message is about one. */
interface PerformedOn extends Performed {
  readonly orderId?: OrderId | undefined
  readonly traceparent?: string | undefined
}

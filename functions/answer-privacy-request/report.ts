import type { OrderId } from '../../schemas/canonical/identity.ts'
import type { PrivacyWork } from '../../schemas/messages/privacy-request.ts'
import { placesOf } from './places-of.ts'
import type { PrivacyDeps } from './privacy-deps.ts'

/**
 * Records the request, its result and time without personal data: the retailer's proof, and a list of systems where
 * the same must be done by hand.
 */
export async function report(
  { id, kind, connection, by, askedAt, found, erased }: PrivacyWork,
  outcome: string,
  deps: PrivacyDeps,
): Promise<void> {
  const orders = []
  for (const order of found) orders.push({ order, alsoAt: await elsewhere(order, deps) })
  const endedAt = deps.clock().toISOString()
  const text = { request: id, kind, connection, by, askedAt, endedAt, outcome, erased, orders }
  await deps.files.write(`privacy/${id}.json`, JSON.stringify(text, null, 2))
}

async function elsewhere(order: OrderId, { ledger }: PrivacyDeps) {
  const state = await ledger.load(order)
  return state ? placesOf(state) : []
}

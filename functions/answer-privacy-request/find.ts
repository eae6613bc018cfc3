import { recordFact } from '../../domain/order/record-fact.ts'
import type { OrderId } from '../../schemas/canonical/identity.ts'
import type { PrivacyWork } from '../../schemas/messages/privacy-request.ts'
import type { PrivacyDeps } from './privacy-deps.ts'

/** Finds some of the request's orders and, for an erasure, erases their personal data. */
export async function find(work: PrivacyWork, deps: PrivacyDeps): Promise<PrivacyWork> {
  const { orders = [], connection, customer, cursor } = work
  const isFirst = cursor === undefined
  const everybody = isAboutEverybody(work)
  const page =
    customer !== undefined || everybody
      ? await deps.vault.find({ connection, customer }, cursor)
      : { ids: [] }
  const ids = [...new Set([...(isFirst ? orders : []), ...page.ids])]
  const erased = work.kind === 'erasure' ? await forget(ids, work, deps) : 0
  const { cursor: _, ...rest } = work
  return {
    ...rest,
    ...(page.cursor !== undefined && { cursor: page.cursor }),
    // A shop may have more orders than fit in a message; then their messages are found by channel.
    found: everybody ? [] : [...new Set([...work.found, ...ids])],
    erased: { ...work.erased, orders: work.erased.orders + erased },
  }
}

export const isAboutEverybody = ({ orders, customer }: PrivacyWork): boolean =>
  orders === undefined && customer === undefined

/** The ledger first: after that, no one stores personal data or text about this order again. */
async function forget(
  ids: readonly OrderId[],
  { id: request, by }: PrivacyWork,
  deps: PrivacyDeps,
): Promise<number> {
  let count = 0
  for (const id of ids) {
    const at = deps.clock().toISOString()
    const { events } = await recordFact({ id }, { type: 'erased', request, by, at }, deps)
    await deps.past.forget(id)
    await deps.vault.erase(id)
    if (events.length > 0) count += 1
  }
  return count
}

import { z } from 'zod'
import type { OrderId } from '../../schemas/canonical/identity.ts'
import { OrderDocument, People } from '../../schemas/canonical/order.ts'
import type { PrivacyWork } from '../../schemas/messages/privacy-request.ts'
import { placesOf } from './places-of.ts'
import type { PrivacyDeps } from './privacy-deps.ts'

export const disclosures = 'disclosures/'

/** What the retailer sends to the customer after checking it. */
const Disclosure = z.object({
  request: z.string(),
  writtenAt: z.string(),
  orders: z.array(
    z.object({
      order: OrderDocument.partial(),
      people: z.union([People, z.literal('erased or expired')]),
      parcels: z.array(z.unknown()),
      alsoAt: z.array(z.unknown()),
    }),
  ),
})

/** Writes all data about a customer to a file for the retailer, who must answer the customer. */
export async function disclose(work: PrivacyWork, deps: PrivacyDeps): Promise<void> {
  const orders = []
  for (const id of work.found) orders.push(...(await told(id, deps)))
  const writtenAt = deps.clock().toISOString()
  const text = JSON.stringify(Disclosure.parse({ request: work.id, writtenAt, orders }), null, 2)
  await deps.files.write(`${disclosures}${work.id}.json`, text)
  deps.disclosed(work.found)
}

async function told(id: OrderId, { ledger }: PrivacyDeps) {
  const { state, order, gone } = await ledger.open(id, 'data-request')
  if (!state || !order) return []
  const { people, ...document } = order
  return [
    {
      order: document,
      people: gone ? 'erased or expired' : people,
      parcels: Object.values(state.shipments),
      alsoAt: placesOf(state),
    },
  ]
}

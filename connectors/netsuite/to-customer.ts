import type { Order } from '../../schemas/canonical/order.ts'
import { customerExternalId } from './external-id.ts'
import type { NetsuiteSettings } from './settings.ts'

/** NetSuite cuts names at 32 characters, and a person has both. */
const longest = 32

/** The body that creates a customer: a name and an e-mail address, nothing else of the person. */
export function toCustomer(
  order: Order,
  settings: NetsuiteSettings,
): Readonly<Record<string, unknown>> {
  const { customer, billTo, shipTo } = order.people
  const externalId = customerExternalId(order)
  const words = (customer?.name ?? billTo?.name ?? shipTo?.name ?? '').split(/\s+/).filter(Boolean)
  return {
    externalId,
    // Without it an account that numbers nothing by itself makes the name the id, and namesakes collide.
    entityId: externalId,
    isPerson: true,
    firstName: words.slice(0, -1).join(' ').slice(0, longest) || '-',
    lastName: words.at(-1)?.slice(0, longest) ?? '-',
    ...(customer?.email && { email: customer.email }),
    subsidiary: { id: settings.subsidiary },
  }
}

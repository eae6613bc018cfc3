import type { Account } from '../../domain/account.ts'
import type { Subject } from '../../domain/effects/effect.ts'
import type { Failure } from '../../domain/failure.ts'
import { ok, type Result } from '../../domain/result.ts'
import { create, list, quoted } from './api.ts'
import { settingsOf } from './settings.ts'
import { customerOf, type Fields } from './to-sales-order.ts'
import { CustomerBody } from './wire.ts'

/**
 * Makes the order's customer where there is none. Its number is ours, so that a second one is refused; a customer that
 * settings or cross-references name is taken as it is.
 */
export async function ensureCustomer(
  account: Account,
  subject: Subject,
): Promise<Result<undefined, Failure>> {
  const { number, ours } = customerOf(subject, settingsOf(account))
  if (!ours) return ok(undefined)
  const query = { filter: `number eq ${quoted(number)}`, select: 'number' }
  const found = await list(account, 'customers', { query, schema: CustomerBody })
  if (!found.ok) return found
  if (found.value.length > 0) return ok(undefined)

  const body = toCustomer(subject, number)
  const made = await create(account, 'customers', { body, schema: CustomerBody })
  // Another order of the same customer was faster.
  return made.ok || made.error.next === 'ignore' ? ok(undefined) : made
}

/** A name and an e-mail address, nothing else of the person: addresses are on the order. */
function toCustomer({ order: { people } }: Subject, number: string): Fields {
  const { customer, billTo, shipTo } = people
  const name = customer?.name ?? billTo?.name ?? shipTo?.name ?? 'Guest'
  return {
    number,
    displayName: name.slice(0, 100),
    type: 'Person',
    ...(customer?.email && { email: customer.email.slice(0, 80) }),
  }
}

import type { Account } from '../../domain/account.ts'
import type { Subject } from '../../domain/effects/effect.ts'
import { type Failure, retry } from '../../domain/failure.ts'
import { named } from '../../domain/names.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { readRecord, writeRecord } from './api.ts'
import { customerExternalId } from './external-id.ts'
import { type NetsuiteSettings, reference } from './settings.ts'
import { toCustomer } from './to-customer.ts'
import type { Fields } from './to-sales-order.ts'
import { RecordBody } from './wire.ts'

/** The order's customer: as the cross-references name it, or the one of the settings, or its own, made when there is none. */
export async function ensureCustomer(
  account: Account,
  subject: Subject,
  settings: NetsuiteSettings,
): Promise<Result<Fields, Failure>> {
  const known = nameOf(subject)
  if (known !== undefined) return ok(reference(known))
  if (settings.customer) return ok({ id: settings.customer })

  const path = `customer/eid:${customerExternalId(subject.order)}?fields=id`
  const found = await readRecord(account, path, RecordBody)
  if (!found.ok) return found
  if (found.value) return ok({ id: found.value.id })

  const made = await writeRecord(account, 'POST', {
    path: 'customer',
    body: toCustomer(subject.order, settings),
  })
  if (made.ok && made.value) return ok({ id: made.value })
  if (!made.ok && made.error.next !== 'ignore') return made
  // Another order of the same customer was faster, or NetSuite did not name what it made.
  const again = await readRecord(account, path, RecordBody)
  if (!again.ok) return again
  return again.value
    ? ok({ id: again.value.id })
    : err(retry('NetSuite says that the customer exists, and does not show it'))
}

/** A customer without a name of its own is called by the channel's id, which means nothing here. */
function nameOf(subject: Subject): string | undefined {
  const code = subject.order.people.customer?.id
  const name = code === undefined ? undefined : named(subject, 'customer', code)
  return name === code ? undefined : name
}

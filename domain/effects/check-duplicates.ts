import type { Reference } from '../../schemas/canonical/reference.ts'
import type { Account } from '../account.ts'
import { except, type Failure } from '../failure.ts'
import { err, ok, type Result } from '../result.ts'
import type { Effect, Subject } from './effect.ts'

/** Every document at a system that carries the order's reference, known to the order or not. */
export type DocumentsOf = (
  account: Account,
  subject: Subject,
) => Promise<Result<readonly Reference[], Failure>>

/** The effect `check-duplicates`: reports documents other than the one that the order knows. */
export const checkDuplicates = (documentsOf: DocumentsOf): Effect => ({
  safety: { by: 'key' },
  find: 'in-doubt',
  // It only reads, so a worker that was killed left nothing behind.
  look: async () => ok(undefined),
  make: async (account, subject) => {
    const found = await documentsOf(account, subject)
    if (!found.ok) return found
    const known = subject.references.erp
    const surplus = found.value.filter(({ id }) => id !== known?.id)
    if (surplus.length === 0) return ok(known ?? { id: subject.order.id })
    const names = surplus.map(nameOf).join(', ')
    const expected = known ? `only ${nameOf(known)}` : 'none'
    return err(
      except(
        'duplicate-document',
        `surplus documents for this order: ${names}. Expected: ${expected}; cancel the surplus ones there`,
      ),
    )
  },
})

const nameOf = ({ id, number }: Reference): string => number ?? id

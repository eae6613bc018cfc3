import { problem } from './problems.ts'
import type { Refusal } from './route.ts'

/** Why a request with an Idempotency-Key was not carried out. */
export const refusals: Readonly<Record<'other-body' | 'in-flight', Refusal>> = {
  'other-body': {
    problem: problem('key-reused', 'This key was used with another body in the last 24 hours.', [
      {
        parameter: 'idempotency-key',
        detail: 'was used with another body',
        fix: 'use a new key for each order or command; send the same body to retry',
      },
    ]),
  },
  'in-flight': {
    problem: problem('in-flight', 'A request with this key is still running. Try again.'),
    retryAfter: 2,
  },
}

import type { Instant } from '../schemas/canonical/instant.ts'
import type { Account } from './account.ts'
import type { Failure } from './failure.ts'
import type { Delivery } from './reading.ts'
import type { Result } from './result.ts'

/** Reads everything that changed in a closed window, page by page. */
export type Sweep = (account: Account, window: Window) => Promise<Result<Page, Failure>>

export interface Window {
  readonly from: Instant
  readonly to: Instant
  /** From the previous page. */
  readonly cursor?: string
}

export interface Page {
  readonly deliveries: readonly Pick<Delivery, 'headers' | 'body'>[]
  /** Absent on the last page. */
  readonly cursor?: string
}

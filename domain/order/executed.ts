import type { OrderEvent } from '../../schemas/events/order-event.ts'
import { err, type Result } from '../result.ts'

/** What a command changes, or why it changes nothing. */
export type Executed = Result<readonly OrderEvent[], NotDone>

type NotDone =
  | { readonly because: 'unchanged'; readonly reason: string }
  /** The order's current state does not allow it. `field` is the command's field at fault, `fix` the alternative. */
  | {
      readonly because: 'impossible'
      readonly field: string
      readonly reason: string
      readonly fix: string
    }

export const unchanged = (reason: string): Executed => err({ because: 'unchanged', reason })

export const impossible = (field: string, reason: string, fix: string): Executed =>
  err({ because: 'impossible', field, reason, fix })

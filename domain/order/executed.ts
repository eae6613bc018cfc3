import type { OrderEvent } from '../../schemas/events/order-event.ts'
import { err, type Result } from '../result.ts'

/** What a command changes, or why it changes nothing. */
export type Executed = Result<readonly OrderEvent[], NotDone>

type NotDone =
  /** It is so already. */
  | { readonly because: 'unchanged'; readonly reason: string }
  /** The order does not allow it as it is now. `field` of the command is what it fails by; `fix` is what to do instead. */
  | {
      readonly because: 'impossible'
      readonly field: string
      readonly reason: string
      readonly fix: string
    }

export const unchanged = (reason: string): Executed => err({ because: 'unchanged', reason })

export const impossible = (field: string, reason: string, fix: string): Executed =>
  err({ because: 'impossible', field, reason, fix })

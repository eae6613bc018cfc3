import type { Account } from '../../domain/account.ts'
import { retry } from '../../domain/failure.ts'
import type { Clock } from '../../domain/ports.ts'
import { err } from '../../domain/result.ts'

/**
 * An account whose requests take so many milliseconds in all, tokens included: the messages of a batch share an invocation,
 * and those of other shops must not be cut off because one shop is slow.
 */
export function inTime(account: Account, ms: number, clock: Clock): Account {
  const end = clock().getTime() + ms
  return {
    ...account,
    send: async (call) => {
      const left = end - clock().getTime()
      if (left <= 0)
        return err(retry(`${account.connection} takes more than ${ms / 1000} s to return an order`))
      return account.send({ ...call, timeoutMs: Math.min(call.timeoutMs ?? left, left) })
    },
  }
}

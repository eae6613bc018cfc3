import type { Account } from '../../domain/account.ts'
import { retry } from '../../domain/failure.ts'
import type { Clock } from '../../domain/ports.ts'
import { err } from '../../domain/result.ts'

/**
 * An account with a time budget for all its requests, tokens included: messages of a batch share an invocation, and
 * one slow shop must not cut off the others.
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

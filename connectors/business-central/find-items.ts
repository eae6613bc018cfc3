import type { Account } from '../../domain/account.ts'
import { except, type Failure } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { list, quoted } from './api.ts'
import { ItemBody } from './wire.ts'

/** Items asked for in one request: a filter is part of the address, whose length is limited. */
const batch = 20

/** A number is at most 20 characters; a filter with a longer one is refused as a whole. */
const longest = 20

/** The ids of items by their number in upper case, as numbers are kept. Fails where one is unknown or blocked. */
export async function findItems(
  account: Account,
  numbers: readonly string[],
): Promise<Result<ReadonlyMap<string, string>, Failure>> {
  const wanted = [...new Set(numbers.map((number) => number.toUpperCase()))]
  const askable = wanted.filter((number) => number.length <= longest)
  const found = new Map<string, string>()
  for (let at = 0; at < askable.length; at += batch) {
    const filter = askable
      .slice(at, at + batch)
      .map((number) => `number eq ${quoted(number)}`)
      .join(' or ')
    const query = { filter, select: 'id,number,blocked' }
    const items = await list(account, 'items', { query, schema: ItemBody })
    if (!items.ok) return items
    for (const { id, number, blocked } of items.value) {
      if (!blocked) found.set(number.toUpperCase(), id)
    }
  }
  const missing = wanted.filter((number) => !found.has(number))
  if (missing.length === 0) return ok(found)
  const reason = `Business Central has no item ${missing.slice(0, 5).join(', ')}, or it is blocked`
  return err(except('effect-refused', reason))
}

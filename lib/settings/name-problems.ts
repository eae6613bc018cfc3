import { ConnectionId } from '../../schemas/canonical/identity.ts'
import { connectionName } from '../constructs/connection-name.ts'
import type { Problem } from './settings-problem.ts'

/** Stacks per connection, beside those that all share. */
const most = 100

/** What is wrong with the connections' names together: `shopify/de-1` and `shopify/de1` would be one stack, `ShopifyDe1`. */
export function nameProblems(written: readonly string[]): Problem[] {
  const ids = written.filter((id): id is ConnectionId => ConnectionId.safeParse(id).success)
  const twice = ids.flatMap((id, index) => {
    const name = connectionName(id)
    const same = ids
      .slice(0, index)
      .find((other) => connectionName(other).toLowerCase() === name.toLowerCase())
    if (!same) return []
    const what = `would be named ${name} on AWS, like ${same}; rename one of the two`
    return [{ path: ['connections', id], what }]
  })
  const tooMany = `there are ${written.length} connections, but an environment can have at most ${most}; split them into two environments`
  return [...twice, ...(written.length > most ? [{ path: ['connections'], what: tooMany }] : [])]
}

import type { Connector } from '../../connectors/contract.ts'
import type { Connection } from '../../schemas/settings.ts'
import type { Problem } from './settings-problem.ts'

/** Each order of an account with two connections would be two orders, and would be posted and sent twice. */
export function accountsTwice(
  connections: readonly Pick<Connection, 'id' | 'connector' | 'own'>[],
  connectors: readonly Connector[],
): Problem[] {
  const accounts = connections.flatMap(({ id, connector: name, own }) => {
    const connector = connectors.find((each) => each.id === name)
    const account = connector?.account?.(own)
    return account ? [{ id, connector: name, ...account }] : []
  })
  return accounts.flatMap(({ id, connector, field, is }, index) => {
    const same = accounts
      .slice(0, index)
      .find((each) => each.connector === connector && each.is === is)
    if (!same) return []
    const what = `${same.id} uses the same account, so every order would be imported twice; remove one of the two`
    return [{ path: ['connections', id, field], what }]
  })
}

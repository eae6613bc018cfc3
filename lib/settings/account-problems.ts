import type { Channel } from '../../connectors/channel.ts'
import type { Connector } from '../../connectors/contract.ts'
import type { Connection } from '../../schemas/settings.ts'
import type { Problem } from './settings-problem.ts'

/** Each order of an account with two connections would be two orders, and would be posted and sent twice. */
export function accountsTwice(
  connections: readonly Pick<Connection, 'id' | 'plug' | 'own'>[],
  plugs: readonly (Channel | Connector)[],
): Problem[] {
  const accounts = connections.flatMap(({ id, plug: name, own }) => {
    const plug = plugs.find((each) => each.id === name)
    const account = plug?.kind === 'channel' ? plug.account?.(own) : undefined
    return account ? [{ id, plug: name, ...account }] : []
  })
  return accounts.flatMap(({ id, plug, field, is }, index) => {
    const same = accounts.slice(0, index).find((each) => each.plug === plug && each.is === is)
    if (!same) return []
    const what = `${same.id} is of the same account, whose orders would all come twice; remove one of the two`
    return [{ path: ['connections', id, field], what }]
  })
}

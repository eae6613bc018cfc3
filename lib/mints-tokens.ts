import { connectors } from '../connectors/index.ts'
import type { ConnectionId } from '../schemas/canonical/identity.ts'

const minting: ReadonlySet<string | undefined> = new Set(
  connectors.filter(({ mintsTokens }) => mintsTokens).map(({ id }) => id),
)

/** Whether a connection's system gives out tokens, for which its workers need a place. */
export const mintsTokens = (connection: ConnectionId): boolean =>
  minting.has(connection.split('/')[0])

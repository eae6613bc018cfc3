import { capabilitiesOf, effectsOf } from '../../connectors/contract.ts'
import { connectors } from '../../connectors/index.ts'
import type { PerformDeps } from '../../domain/effects/perform.ts'
import type { Connection } from '../../schemas/settings.ts'

/** The effects of a connection's connector; `undefined` if it is not registered. */
export function systemOf({
  connector,
  own,
}: Pick<Connection, 'connector' | 'own'>): PerformDeps['system'] | undefined {
  const found = connectors.find(({ id }) => id === connector)
  return found && { title: found.title, effects: effectsOf(capabilitiesOf(found, own)) }
}

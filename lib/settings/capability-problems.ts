import type { Capability, Connection } from '../../schemas/settings.ts'
import { oneOf, type Problem } from './settings-problem.ts'

interface Allowed {
  /** Without capabilities: something else is wrong with it, and is said there. */
  readonly connections: readonly Named[]
  /** One of these is needed. */
  readonly needs: readonly Capability[]
}

export type Named = Pick<Connection, 'id'> & Partial<Pick<Connection, 'capabilities'>>

/** What is wrong with the name of a connection where one with a certain capability has to stand. */
export function capabilityProblems(
  path: Problem['path'],
  id: string,
  { connections, needs }: Allowed,
): Problem[] {
  const found = connections.find((connection) => connection.id === id)
  const fits = ({ capabilities }: Named) => capabilities?.some((each) => needs.includes(each))
  if (found && (!found.capabilities || fits(found))) return []
  const fitting = connections.filter(fits).map((each) => each.id)
  const what = found
    ? `"${id}" does not have the capability ${needs.join(' or ')}`
    : `"${id}" is not a connection`
  return [{ path, what: `${what}; write one of ${oneOf(fitting)}` }]
}

import type { Connection } from '../../schemas/settings.ts'
import { oneOf, type Problem } from './settings-problem.ts'

interface Allowed {
  /** Without a kind: something else is wrong with it, and is said there. */
  readonly connections: readonly Named[]
  readonly kinds: readonly Connection['kind'][]
}

export type Named = Pick<Connection, 'id'> & Partial<Pick<Connection, 'kind'>>

/** What is wrong with the name of a connection where only some kinds can stand. */
export function kindProblems(
  path: Problem['path'],
  id: string,
  { connections, kinds }: Allowed,
): Problem[] {
  const found = connections.find((connection) => connection.id === id)
  if (found && (!found.kind || kinds.includes(found.kind))) return []
  const fitting = connections
    .filter(({ kind }) => kind && kinds.includes(kind))
    .map((each) => each.id)
  const what = found ? `"${id}" is a ${found.kind}` : `"${id}" is not a connection`
  return [{ path, what: `${what}; write one of ${oneOf(fitting)}` }]
}

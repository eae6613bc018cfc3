import type { Connection } from '../schemas/settings.ts'
import { oneOf, type Problem } from './settings-problem.ts'

interface Allowed {
  readonly connections: readonly Pick<Connection, 'id' | 'kind'>[]
  readonly kinds: readonly Connection['kind'][]
}

/** What is wrong with the name of a connection where only some kinds can stand. */
export function kindProblems(
  path: Problem['path'],
  id: string,
  { connections, kinds }: Allowed,
): Problem[] {
  const found = connections.find((connection) => connection.id === id)
  if (found && kinds.includes(found.kind)) return []
  const fitting = connections.filter(({ kind }) => kinds.includes(kind)).map((each) => each.id)
  const what = found ? `"${id}" is a ${found.kind}` : `"${id}" is not a connection`
  return [{ path, what: `${what}; write one of ${oneOf(fitting)}` }]
}

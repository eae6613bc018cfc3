import { exceptionCatalogue } from '../../domain/exceptions/catalogue.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { AnyCommand } from '../../schemas/api/command.ts'
import {
  type Role,
  rolesOfCommand,
  rolesOfEndpoint,
  rolesOfMoney,
  rolesOfPeople,
  scopeOf,
} from '../../schemas/api/roles.ts'
import { problem } from './problems.ts'
import type { Asked, Refusal, Route } from './route.ts'

type AskedAny = Asked<Route['endpoint']>

/** Refuses a caller without a role for the endpoint. */
export const permitEndpoint = (
  name: Route['name'],
  roles: readonly Role[],
): Result<void, Refusal> => permit(rolesOfEndpoint[name], roles, undefined)

/** Refuses what needs a further role: a command, or personal data. */
export function permitBody(
  name: Route['name'],
  asked: AskedAny,
  roles: readonly Role[],
): Result<AskedAny, Refusal> {
  if (name === 'readOrder' && asked.query['people'] === 'true') {
    return permit(rolesOfPeople, roles, asked)
  }
  if (name !== 'giveCommand') return ok(asked)
  // The endpoint's schema has validated it.
  const command = asked.body as AnyCommand
  const isMoney =
    command.do === 'resolve' && exceptionCatalogue[command.code].desk.about === 'money'
  return permit(isMoney ? rolesOfMoney : rolesOfCommand[command.do], roles, asked)
}

function permit<T>(needed: readonly Role[], roles: readonly Role[], value: T): Result<T, Refusal> {
  const enough: readonly Role[] = [...needed, 'admin']
  if (roles.some((role) => enough.includes(role))) return ok(value)
  const scopes = enough.map(scopeOf).join(' or ')
  return err({
    problem: problem('role-missing', `This requires one of the roles ${enough.join(', ')}.`, [
      {
        parameter: 'authorization',
        detail: 'the token has no scope that allows this',
        fix: `have the issuer add ${scopes} to the claim scope or scp`,
      },
    ]),
  })
}

import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { z } from 'zod'
import { err, ok, type Result } from '../../domain/result.ts'
import { type Role, roleOfArn, roles, scopeOf } from '../../schemas/api/roles.ts'
import { problem } from './problems.ts'
import type { Refusal } from './route.ts'

/** As set by API Gateway's authorizers; unauthorized requests do not get here. */
const Authorized = z.object({
  authorizer: z.union([
    z.object({ iam: z.object({ userArn: z.string().min(1) }) }),
    z.object({ jwt: z.object({ claims: z.record(z.string(), z.unknown()) }) }),
  ]),
})

/** API Gateway serialises claims as text: a list as `[a b]`, an object as `map[a:b]`, and null as a word. */
const structured = /^(\[.*\]|map\[.*\]|<nil>|null|undefined)$/s

/** Identifies one caller; the audit has nothing else to distinguish callers. */
const Subject = z
  .union([z.string(), z.number().transform(String)])
  .pipe(z.string().trim().min(1).max(255))
  .refine((name) => !structured.test(name) && !/\p{Cc}/u.test(name))

export interface Caller {
  readonly name: string
  readonly roles: readonly Role[]
}

/** The caller's ARN or token subject; fails if a token has no subject. */
export function callerOf({
  requestContext,
}: Pick<APIGatewayProxyEventV2, 'requestContext'>): Result<Caller, Refusal> {
  const { authorizer } = Authorized.parse(requestContext)
  if ('iam' in authorizer)
    return ok({ name: authorizer.iam.userArn, roles: [roleOfArn(authorizer.iam.userArn)] })
  const { claims } = authorizer.jwt
  const subject = Subject.safeParse(claims['sub'])
  return subject.success ? ok({ name: subject.data, roles: rolesIn(claims) }) : err(nobody)
}

/** From `scope` and `scp`: a text with spaces, or a list as API Gateway writes it. */
function rolesIn(claims: Readonly<Record<string, unknown>>): Role[] {
  const scopes = [claims['scope'], claims['scp']].flatMap((claim) =>
    typeof claim === 'string' ? claim.replace(/^\[(.*)\]$/s, '$1').split(/\s+/) : [],
  )
  return roles.filter((role) => scopes.includes(scopeOf(role)))
}

const nobody: Refusal = {
  problem: problem('no-subject', 'The token is valid, but does not identify the caller.', [
    {
      parameter: 'authorization',
      detail: "the token's claim sub is missing or not a single name of 1 to 255 characters",
      fix: 'have the issuer add a sub to its tokens: an id of the person or client',
    },
  ]),
}

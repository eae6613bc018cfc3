import type { IncomingMessage } from 'node:http'
import { type TokenRules, tokenJudge } from './jwt.ts'
import { isSigned, type SigningKey } from './sigv4.ts'

/** Who may call a route. */
export type Authorization =
  | { readonly type: 'none' }
  | { readonly type: 'iam' }
  | ({ readonly type: 'jwt' } & TokenRules)

/** What API Gateway makes of a request before a function sees it. */
type Authorized =
  | { readonly ok: true; readonly authorizer?: unknown }
  | { readonly ok: false; readonly status: 401 | 403; readonly message: string }

export type Authorize = (request: IncomingMessage, body: Buffer) => Promise<Authorized>

/** The operator of the laptop's cloud, who may call whatever IAM guards. */
export interface Operator {
  readonly key: SigningKey
  readonly account: string
}

export function authorizerFor(authorization: Authorization, operator: Operator): Authorize {
  switch (authorization.type) {
    case 'none':
      return async () => ({ ok: true })
    case 'iam':
      return async (request, body) =>
        isSigned(request, body, { key: operator.key, now: new Date() })
          ? { ok: true, authorizer: { iam: identityOf(operator) } }
          : { ok: false, status: 403, message: 'Forbidden' }
    case 'jwt':
      return byToken(authorization)
  }
}

function byToken(rules: TokenRules): Authorize {
  const judge = tokenJudge(rules)
  return async ({ headers }) => {
    const token = (headers.authorization ?? '').replace(/^Bearer /i, '')
    const claims = await judge(token, new Date()).catch(() => undefined)
    if (!claims) return { ok: false, status: 401, message: 'Unauthorized' }
    const told = Object.entries(claims).map(([name, value]) => [name, claimText(value)])
    return { ok: true, authorizer: { jwt: { claims: Object.fromEntries(told), scopes: null } } }
  }
}

/** API Gateway gives every claim as a text, a list as `[one two]`. */
const claimText = (value: unknown): string =>
  Array.isArray(value) ? `[${value.join(' ')}]` : String(value)

const identityOf = ({ account, key }: Operator) => ({
  accessKey: key.accessKeyId,
  accountId: account,
  callerId: key.accessKeyId,
  cognitoIdentity: null,
  principalOrgId: null,
  userArn: `arn:aws:iam::${account}:user/${key.accessKeyId}`,
  userId: key.accessKeyId,
})

import type { IncomingMessage } from 'node:http'
import { type TokenRules, tokenJudge } from './jwt.ts'
import { isSigned, type SigningKey, signerOf } from './sigv4.ts'

/** Who may call a route. */
export type Authorization =
  | { readonly type: 'none' }
  | { readonly type: 'iam' }
  | ({ readonly type: 'jwt' } & ScopedRules)

interface ScopedRules extends TokenRules {
  /** A token needs one of them, unless there are none. */
  readonly scopes: readonly string[]
}

/** What API Gateway makes of a request before a function sees it. */
type Authorized =
  | { readonly ok: true; readonly authorizer?: unknown }
  | { readonly ok: false; readonly status: 401 | 403; readonly message: string }

export type Authorize = (request: IncomingMessage, body: Buffer) => Promise<Authorized>

/** A principal of the laptop's account, whose secret key is its access key. */
interface Caller {
  readonly arn: string
  /** Whether its policy allows `execute-api:Invoke` on a resource. */
  mayInvoke(resource: string): boolean
}

/** Those who may sign: the operator, who may do everything, and roles of the templates that principals of the account can assume. */
export interface Callers {
  readonly account: string
  readonly region: string
  find(accessKeyId: string): Caller | undefined
}

export function authorizerFor(
  authorization: Authorization,
  { apiId, callers }: { readonly apiId: string; readonly callers: Callers },
): Authorize {
  switch (authorization.type) {
    case 'none':
      return async () => ({ ok: true })
    case 'iam':
      return bySignature(apiId, callers)
    case 'jwt':
      return byToken(authorization)
  }
}

const forbidden = { ok: false, status: 403, message: 'Forbidden' } as const

function bySignature(apiId: string, callers: Callers): Authorize {
  const { account, region } = callers
  return async (request, body) => {
    const accessKeyId = signerOf(request) ?? ''
    const caller = callers.find(accessKeyId)
    const service = 'execute-api'
    const key: SigningKey = { accessKeyId, secretAccessKey: accessKeyId, region, service }
    if (!caller || !(await isSigned(request, body, { key, now: new Date() }))) return forbidden
    const [path = ''] = (request.url ?? '/').split('?')
    const resource = `arn:aws:execute-api:${region}:${account}:${apiId}/$default/${request.method}${path}`
    if (!caller.mayInvoke(resource)) return forbidden
    return { ok: true, authorizer: { iam: identityOf(caller.arn, { accessKeyId, account }) } }
  }
}

function byToken(rules: ScopedRules): Authorize {
  const judge = tokenJudge(rules)
  return async ({ headers }) => {
    const token = (headers.authorization ?? '').replace(/^Bearer /i, '')
    const claims = await judge(token, new Date()).catch(() => undefined)
    if (!claims) return { ok: false, status: 401, message: 'Unauthorized' }
    const scopes = [claims['scope'], claims['scp']].flat().flatMap((one) => String(one).split(' '))
    const { scopes: needed } = rules
    if (needed.length > 0 && !needed.some((scope) => scopes.includes(scope))) return forbidden
    const told = Object.entries(claims).map(([name, value]) => [name, claimText(value)])
    return { ok: true, authorizer: { jwt: { claims: Object.fromEntries(told), scopes: null } } }
  }
}

/** API Gateway gives every claim as a text, a list as `[one two]`. */
const claimText = (value: unknown): string =>
  Array.isArray(value) ? `[${value.join(' ')}]` : String(value)

const identityOf = (
  userArn: string,
  { accessKeyId, account }: { readonly accessKeyId: string; readonly account: string },
) => ({
  accessKey: accessKeyId,
  accountId: account,
  callerId: accessKeyId,
  cognitoIdentity: null,
  principalOrgId: null,
  userArn,
  userId: accessKeyId,
})

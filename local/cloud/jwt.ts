import { createPublicKey, type JsonWebKey, verify } from 'node:crypto'
import { z } from 'zod'

export interface TokenRules {
  readonly issuer: string
  readonly audience: readonly string[]
}

type Claims = Readonly<Record<string, unknown>>

/** Judges a token as API Gateway's JWT authorizer does: its claims, or `undefined`. */
export type TokenJudge = (token: string, now: Date) => Promise<Claims | undefined>

const Header = z.object({ alg: z.literal('RS256'), kid: z.string() })
const Claims = z.looseObject({
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  client_id: z.string().optional(),
  exp: z.number(),
  nbf: z.number().optional(),
  iat: z.number().optional(),
})
const Discovery = z.object({ jwks_uri: z.url() })
const KeySet = z.object({ keys: z.array(z.looseObject({ kid: z.string() })) })

/**
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html. The issuer's keys are read
 * when a token needs them first, and again when one names a key that is not known.
 */
export function tokenJudge({ issuer, audience }: TokenRules): TokenJudge {
  let keys: ReadonlyMap<string, JsonWebKey> = new Map()
  return async (token, now) => {
    const [head = '', payload = '', signature = ''] = token.split('.')
    const header = Header.safeParse(decoded(head))
    const claims = Claims.safeParse(decoded(payload))
    if (!header.success || !claims.success) return undefined
    if (!isFor({ issuer, audience }, claims.data, now)) return undefined
    const { kid } = header.data
    if (!keys.has(kid)) keys = await keysOf(issuer)
    const jwk = keys.get(kid)
    if (!jwk) return undefined
    const key = createPublicKey({ key: jwk, format: 'jwk' })
    const signed = Buffer.from(`${head}.${payload}`)
    const isGood = verify('RSA-SHA256', signed, key, Buffer.from(signature, 'base64url'))
    return isGood ? claims.data : undefined
  }
}

function isFor(rules: TokenRules, claims: z.infer<typeof Claims>, now: Date): boolean {
  const seconds = now.getTime() / 1000
  const meant = [claims.aud ?? claims.client_id ?? []].flat()
  return (
    claims.iss === rules.issuer &&
    meant.some((one) => rules.audience.includes(one)) &&
    claims.exp > seconds &&
    (claims.nbf ?? 0) <= seconds &&
    (claims.iat ?? 0) <= seconds
  )
}

async function keysOf(issuer: string): Promise<ReadonlyMap<string, JsonWebKey>> {
  const at = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const { jwks_uri } = Discovery.parse(await read(at))
  const { keys } = KeySet.parse(await read(jwks_uri))
  return new Map(keys.map((key) => [key.kid, key]))
}

async function read(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5000) })
  if (!response.ok) throw new Error(`${url} answers ${response.status}`)
  return response.json()
}

function decoded(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString())
  } catch {
    return undefined
  }
}

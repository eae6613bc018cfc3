import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose'
import { z } from 'zod'

export interface TokenRules {
  readonly issuer: string
  readonly audience: readonly string[]
}

/** Judges a token as API Gateway's JWT authorizer does: its claims, or `undefined`. */
export type TokenJudge = (token: string, now: Date) => Promise<JWTPayload | undefined>

const Discovery = z.object({ jwks_uri: z.url() })

/**
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html. The issuer's keys are read
 * when a token needs them first, and again when one names a key that is not known.
 */
export function tokenJudge({ issuer, audience }: TokenRules): TokenJudge {
  let keys: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined
  return async (token, currentDate) => {
    keys ??= keysOf(issuer)
    // An issuer that did not answer is asked again by the next token.
    keys.catch(() => {
      keys = undefined
    })
    try {
      const { payload } = await jwtVerify(token, await keys, {
        algorithms: ['RS256'],
        issuer,
        currentDate,
        requiredClaims: ['exp'],
      })
      const meant = [payload.aud ?? payload['client_id'] ?? []].flat()
      const isOurs = meant.some((one) => audience.includes(String(one)))
      const isIssued = (payload.iat ?? 0) <= currentDate.getTime() / 1000
      return isOurs && isIssued ? payload : undefined
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined
      throw error
    }
  }
}

async function keysOf(issuer: string) {
  const at = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const response = await fetch(at, { signal: AbortSignal.timeout(5000) })
  if (!response.ok) throw new Error(`${at} answers ${response.status}`)
  const { jwks_uri } = Discovery.parse(await response.json())
  return createRemoteJWKSet(new URL(jwks_uri), { cooldownDuration: 0 })
}

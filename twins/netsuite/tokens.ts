import { constants, createPublicKey, generateKeyPairSync, randomUUID, verify } from 'node:crypto'
import { z } from 'zod'
import { NetsuiteSettings, tokenUrl } from '../../connectors/netsuite/settings.ts'
import type { TwinReply, TwinRequest, TwinWorld } from '../kit/twin.ts'

/** The integration record and its certificate, as an administrator would have set them up. */
export const Integration = z.object({
  clientId: z.string(),
  certificateId: z.string(),
  privateKey: z.string(),
})
export type Integration = z.infer<typeof Integration>

export interface Tokens {
  /** Answers the token endpoint. */
  issue(request: TwinRequest): TwinReply
  /** True for a token that was issued here and has not expired. */
  allows(authorization: string | undefined): boolean
}

/** Kept with the documents, so that a secret stays good after a restart. */
export function integrationOf({ documents }: TwinWorld): Integration {
  const kept = Integration.safeParse(documents.get('integration', 'one'))
  if (kept.success) return kept.data
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const integration = {
    clientId: randomUUID().replaceAll('-', ''),
    certificateId: randomUUID(),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
  documents.put('integration', 'one', integration)
  return integration
}

export function makeTokens(world: TwinWorld, integration: Integration): Tokens {
  const issued = new Map<string, number>()
  const seconds = () => Math.floor(world.now().getTime() / 1000)
  return {
    issue: (request) => {
      const problem = problemOf(request, integration, world)
      if (problem) return refuse(problem)
      const token = `eyTwin.${randomUUID()}`
      issued.set(token, seconds() + 3600)
      return json(200, { access_token: token, expires_in: '3600', token_type: 'bearer' })
    },
    allows: (authorization = '') =>
      (issued.get(authorization.replace(/^Bearer /i, '')) ?? 0) > seconds(),
  }
}

const Claims = z.object({
  iss: z.string(),
  scope: z.union([z.string(), z.array(z.string())]),
  aud: z.string(),
  iat: z.number(),
  exp: z.number(),
})

const Head = z.object({ alg: z.enum(['PS256', 'ES256', 'ES384', 'ES512']), kid: z.string() })

type Problem = 'invalid_request' | 'unsupported_grant_type' | 'invalid_client' | 'invalid_grant'

function problemOf(
  { body }: TwinRequest,
  integration: Integration,
  world: TwinWorld,
): Problem | undefined {
  const form = new URLSearchParams(body)
  const assertion = form.get('client_assertion')
  if (form.get('grant_type') !== 'client_credentials') return 'unsupported_grant_type'
  if (!assertion || !form.get('client_assertion_type')?.endsWith(':jwt-bearer')) {
    return 'invalid_request'
  }
  const [head = '', claims = '', signature = ''] = assertion.split('.')
  const jwt = { head: Head.safeParse(decode(head)), claims: Claims.safeParse(decode(claims)) }
  if (!jwt.head.success || !jwt.claims.success) return 'invalid_request'
  const { iss, aud, iat, exp, scope } = jwt.claims.data
  if (jwt.head.data.kid !== integration.certificateId || iss !== integration.clientId) {
    return 'invalid_client'
  }
  const good = isSigned(`${head}.${claims}`, signature, {
    algorithm: jwt.head.data.alg,
    privateKey: integration.privateKey,
  })
  if (!good) return 'invalid_client'

  const now = world.now().getTime() / 1000
  const inTime = iat <= now + 60 && exp > now && exp - iat <= 3600
  const allowed = aud === tokenUrl(NetsuiteSettings.parse(world.settings))
  return inTime && allowed && scope.includes('rest_webservices') ? undefined : 'invalid_grant'
}

function isSigned(
  text: string,
  signature: string,
  { algorithm, privateKey }: { readonly algorithm: string; readonly privateKey: string },
): boolean {
  const key = createPublicKey(privateKey)
  // A PS256 head over a curve's signature, or the other way round, is not a signature.
  if (algorithm.startsWith('PS') !== (key.asymmetricKeyType === 'rsa')) return false
  return verify(
    `sha${algorithm.slice(2)}`,
    Buffer.from(text),
    {
      key,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
      dsaEncoding: 'ieee-p1363',
    },
    Buffer.from(signature, 'base64url'),
  )
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString())
  } catch {
    return undefined
  }
}

const refuse = (error: Problem): TwinReply =>
  json(error === 'invalid_client' ? 401 : 400, { error })

const json = (status: number, body: unknown): TwinReply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

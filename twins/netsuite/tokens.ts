import { constants, createPublicKey, generateKeyPairSync, randomUUID, verify } from 'node:crypto'
import { z } from 'zod'
import { json } from '../kit/answer.ts'
import { readJson } from '../kit/body.ts'
import type { TwinReply, TwinRequest, TwinWorld } from '../kit/twin.ts'
import { hostOf, tokenPath } from './settings.ts'

/** The integration record and its certificate, as an administrator would have set them up. */
const Integration = z.object({
  clientId: z.string(),
  certificateId: z.string(),
  privateKey: z.string(),
})
export type Integration = z.infer<typeof Integration>

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

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

const Claims = z.object({
  iss: z.string(),
  scope: z.union([z.string(), z.array(z.string())]),
  aud: z.string(),
  iat: z.number(),
  exp: z.number(),
})

const Head = z.object({ alg: z.enum(['PS256', 'ES256', 'ES384', 'ES512']), kid: z.string() })

type Problem = 'invalid_request' | 'unsupported_grant_type' | 'invalid_client' | 'invalid_grant'

/** What the token endpoint has against a request: OAuth 2.0 client credentials with a certificate. */
export function problemOf(
  request: TwinRequest,
  integration: Integration,
  world: TwinWorld,
): TwinReply | undefined {
  const error = errorOf(request, integration, world)
  return error && json(error === 'invalid_client' ? 401 : 400, { error })
}

function errorOf(
  { method, body }: TwinRequest,
  integration: Integration,
  world: TwinWorld,
): Problem | undefined {
  if (method !== 'POST') return 'invalid_request'
  const form = new URLSearchParams(body)
  const assertion = form.get('client_assertion')
  if (form.get('grant_type') !== 'client_credentials') return 'unsupported_grant_type'
  if (!assertion || form.get('client_assertion_type') !== assertionType) {
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
  const isHere = aud === `https://${hostOf(world)}${tokenPath}`
  const isAllowed = [scope].flat().includes('rest_webservices')
  return inTime && isHere && isAllowed ? undefined : 'invalid_grant'
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

const decode = (part: string): unknown => readJson(Buffer.from(part, 'base64url').toString())

import { constants, createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { z } from 'zod'
import type { Account, Minted } from '../../domain/account.ts'
import { type Failure, halt } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { clientCredentials, secretOf } from '../kit/credentials.ts'
import { interpret } from './interpret.ts'
import { settingsOf, tokenUrl } from './settings.ts'

/** What the connection's secret holds, beside `webhookSecrets`, which NetSuite has no use for. */
const Secret = z.object({
  clientId: z.string().min(1),
  certificateId: z.string().min(1),
  /** PEM; RSA of 3072 bits or more, or a NIST curve. */
  privateKey: z.string().min(1),
})

/** A new access token by OAuth 2.0 client credentials with a certificate. Refused credentials are `halt`. */
export async function signIn(account: Account): Promise<Result<Minted, Failure>> {
  const secret = await secretOf(account, Secret)
  if (!secret.ok) return secret
  const assertion = clientAssertion(account, secret.value)
  if (!assertion.ok) return assertion
  return clientCredentials(account, {
    url: tokenUrl(settingsOf(account)),
    form: {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion.value,
    },
    issuer: 'NetSuite',
    credentials: 'certificate',
    otherwise: (reply) => interpret('read', reply),
  })
}

function clientAssertion(
  account: Account,
  { clientId, certificateId, privateKey }: z.infer<typeof Secret>,
): Result<string, Failure> {
  const key = readKey(privateKey)
  const algorithm = key && algorithmOf(key)
  if (!algorithm) return err(halt('the private key is not one that NetSuite takes'))

  const issued = Math.floor(account.now().getTime() / 1000)
  const head = base64url({ typ: 'JWT', alg: algorithm.name, kid: certificateId })
  const claims = base64url({
    iss: clientId,
    scope: ['rest_webservices'],
    aud: tokenUrl(settingsOf(account)),
    iat: issued,
    exp: issued + 300,
  })
  const signature = sign(algorithm.hash, Buffer.from(`${head}.${claims}`), {
    key,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    dsaEncoding: 'ieee-p1363',
  })
  return ok(`${head}.${claims}.${signature.toString('base64url')}`)
}

/** RFC 7518's names, by OpenSSL's. RS256 is not among those that NetSuite takes. */
const curves: Readonly<Record<string, Algorithm>> = {
  prime256v1: { name: 'ES256', hash: 'sha256' },
  secp384r1: { name: 'ES384', hash: 'sha384' },
  secp521r1: { name: 'ES512', hash: 'sha512' },
}

interface Algorithm {
  readonly name: string
  readonly hash: string
}

function algorithmOf(key: KeyObject): Algorithm | undefined {
  if (key.asymmetricKeyType === 'rsa') return { name: 'PS256', hash: 'sha256' }
  return curves[key.asymmetricKeyDetails?.namedCurve ?? '']
}

function readKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem)
  } catch {
    return undefined
  }
}

const base64url = (value: unknown): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url')

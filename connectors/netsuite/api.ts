import { constants, createPrivateKey, type KeyObject, sign } from 'node:crypto'
import type { z } from 'zod'
import type { Account, Minted } from '../../domain/account.ts'
import { type Failure, halt, wait } from '../../domain/failure.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { clientOf } from '../kit/client.ts'
import { bearerTokens, clientCredentials, secretOf } from '../kit/credentials.ts'
import { interpret } from './responses.ts'
import { hostOf, NetsuiteSecret, settingsOf } from './settings.ts'
import { RowsBody } from './wire.ts'

/** A 401 after this long is the account being crowded, not a token being wrong (measured by others: 60 s). */
const stallMs = 4000

const client = clientOf({
  name: 'NetSuite',
  url: (account, path) => `https://${hostOf(settingsOf(account))}/services/rest/${path}`,
  interpret,
  authorize: bearerTokens({
    mint,
    // NetSuite says 401 when crowded: then it takes its time.
    refusedTwice: ({ isNew, ms }) =>
      isNew && ms < stallMs
        ? halt('NetSuite refused a new token: check the integration, its certificate and its role')
        : wait('NetSuite said 401 while crowded', 30),
  }),
})

/** Reads one record, by internal id or `eid:`; `undefined` when NetSuite says that there is none. */
export const readRecord = <T extends z.ZodType>(account: Account, path: string, schema: T) =>
  client.find(account, { path: `record/v1/${path}`, answer: schema })

/** Writes, and returns the internal id of what it made where NetSuite names it. */
export async function writeRecord(
  account: Account,
  method: 'POST' | 'PATCH',
  { path, body }: { readonly path: string; readonly body: unknown },
): Promise<Result<string | undefined, Failure>> {
  const reply = await client.exchange(account, { method, path: `record/v1/${path}`, json: body })
  if (!reply.ok) return reply
  const told = interpret(reply.value, 'write')
  return told.ok
    ? ok(/\/record\/v1\/\w+\/(\d+)\/?$/.exec(reply.value.headers['location'] ?? '')?.[1])
    : told
}

/** Rows that a SuiteQL query answers with, at most `limit`, which is 1000 at most. */
export const query = (account: Account, q: string, limit: number) =>
  client.ask(account, {
    answer: RowsBody,
    kind: 'read',
    method: 'POST',
    path: `query/v1/suiteql?limit=${limit}&offset=0`,
    headers: { prefer: 'transient' },
    json: { q },
  })

/** A new access token by OAuth 2.0 client credentials with a certificate. Refused credentials are `halt`. */
async function mint(account: Account): Promise<Result<Minted, Failure>> {
  const secret = await secretOf(account, NetsuiteSecret)
  if (!secret.ok) return secret
  const url = `https://${hostOf(settingsOf(account))}/services/rest/auth/oauth2/v1/token`
  const assertion = clientAssertion(secret.value, { url, now: account.now() })
  if (assertion === undefined) return err(halt('the private key is not one that NetSuite takes'))
  return clientCredentials(account, {
    url,
    form: {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    },
    issuer: 'NetSuite',
    credentials: 'certificate',
    otherwise: (reply) => interpret(reply, 'read'),
  })
}

/** A signed JWT; `undefined` with a key that signs none that NetSuite takes. */
function clientAssertion(
  { clientId, certificateId, privateKey }: NetsuiteSecret,
  { url, now }: { readonly url: string; readonly now: Date },
): string | undefined {
  const key = readKey(privateKey)
  const algorithm = key && algorithmOf(key)
  if (!algorithm) return undefined
  const iat = Math.floor(now.getTime() / 1000)
  const claims = { iss: clientId, scope: ['rest_webservices'], aud: url, iat, exp: iat + 300 }
  const signed = [{ typ: 'JWT', alg: algorithm.name, kid: certificateId }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  const signature = sign(algorithm.hash, Buffer.from(signed), {
    key,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    dsaEncoding: 'ieee-p1363',
  })
  return `${signed}.${signature.toString('base64url')}`
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

const algorithmOf = (key: KeyObject): Algorithm | undefined =>
  key.asymmetricKeyType === 'rsa'
    ? { name: 'PS256', hash: 'sha256' }
    : curves[key.asymmetricKeyDetails?.namedCurve ?? '']

function readKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem)
  } catch {
    return undefined
  }
}

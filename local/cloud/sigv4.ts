import {
  createHmac,
  createSecretKey,
  hash as digest,
  type KeyObject,
  timingSafeEqual,
} from 'node:crypto'
import type { IncomingMessage } from 'node:http'

export interface SigningKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly region: string
  readonly service: string
}

/** AWS lets a signature be five minutes old. */
const patienceMs = 5 * 60_000

/**
 * Whether exactly this request was signed with this key and not long ago, by Signature Version 4.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function isSigned(
  request: IncomingMessage,
  body: Buffer,
  { key, now }: { readonly key: SigningKey; readonly now: Date },
): boolean {
  const claim = claimOf(request)
  if (!claim) return false
  const { date, scope, signedHeaders, signature } = claim
  const day = date.slice(0, 8)
  if (scope !== `${key.accessKeyId}/${day}/${key.region}/${key.service}/aws4_request`) return false
  if (!signedHeaders.includes('host')) return false
  if (Math.abs(now.getTime() - momentOf(date)) > patienceMs) return false
  const hash = sha256(body)
  if ((request.headers['x-amz-content-sha256'] ?? hash) !== hash) return false

  const canonical = canonicalRequest(request, signedHeaders, hash)
  const text = ['AWS4-HMAC-SHA256', date, scope.slice(scope.indexOf('/') + 1), sha256(canonical)]
  return isEqual(hmac(derived(key, day), text.join('\n')).toString('hex'), signature)
}

/** The access key that a request claims to be signed with. */
export const signerOf = (request: IncomingMessage): string | undefined =>
  claimOf(request)?.scope.split('/')[0]

/** A key signs for a day; made once, as a key object, it costs a call a sixth. */
function derived({ secretAccessKey, region, service }: SigningKey, day: string): KeyObject {
  const name = `${day}/${region}/${service}/${secretAccessKey}`
  const known = keys.get(name)
  if (known) return known
  const made = [day, region, service, 'aws4_request'].reduce(
    (inner, part) => createSecretKey(hmac(inner, part)),
    createSecretKey(`AWS4${secretAccessKey}`, 'utf8'),
  )
  keys.set(name, made)
  return made
}

const keys = new Map<string, KeyObject>()

function claimOf({ headers }: IncomingMessage) {
  const date = headers['x-amz-date']
  const found =
    /^AWS4-HMAC-SHA256 Credential=([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    )
  if (!found || typeof date !== 'string' || !/^\d{8}T\d{6}Z$/.test(date)) return undefined
  const [, scope = '', signed = '', signature = ''] = found
  return { date, scope, signedHeaders: signed.split(';'), signature }
}

function canonicalRequest(
  { method = 'GET', url = '/', headersDistinct }: IncomingMessage,
  signedHeaders: readonly string[],
  hash: string,
): string {
  const [path = '/', query = ''] = url.split(/\?(.*)/s)
  const headers = signedHeaders.map((name) => {
    const value = (headersDistinct[name] ?? []).join(',').trim().replace(/\s+/g, ' ')
    return `${name}:${value}\n`
  })
  // What was encoded in the path as it was sent is encoded again, everywhere but at S3.
  const encodedPath = path.split('/').map(encode).join('/')
  return [
    method,
    encodedPath,
    canonicalQuery(query),
    headers.join(''),
    signedHeaders.join(';'),
    hash,
  ].join('\n')
}

const canonicalQuery = (query: string): string =>
  [...new URLSearchParams(query)]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted()
    .join('&')

const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  )

/** `20261121T100000Z`. */
const momentOf = (date: string): number =>
  Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))

const sha256 = (data: string | Buffer): string => digest('sha256', data, 'hex')
const hmac = (key: KeyObject, data: string): Buffer =>
  createHmac('sha256', key).update(data).digest()

const isEqual = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))

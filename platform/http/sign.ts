import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto'

/** The signing key. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

export interface Unsigned {
  readonly method: 'GET' | 'POST' | 'PUT'
  /** Path encoded as sent; parameters sorted, visible ASCII only. */
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

interface Scope {
  readonly region: string
  readonly service: string
}

/**
 * The headers of a request signed by Signature Version 4, including the given ones.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signedBy(
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  { method, url, headers, body }: Unsigned,
  { region, service, now }: Scope & { readonly now: Date },
): Readonly<Record<string, string>> {
  const date = now.toISOString().replace(/[-:]|\.\d+/g, '')
  const day = date.slice(0, 8)
  const digest = sha256(body)
  const all: Record<string, string> = {
    ...headers,
    host: url.host,
    'x-amz-content-sha256': digest,
    'x-amz-date': date,
    ...(sessionToken && { 'x-amz-security-token': sessionToken }),
  }
  const names = Object.keys(all).toSorted()
  // Except for S3, the path is encoded twice for signing; our other paths need no encoding.
  const canonical = [
    method,
    url.pathname,
    url.search.slice(1),
    ...names.map((name) => `${name}:${all[name]}`),
    '',
    names.join(';'),
    digest,
  ].join('\n')
  const scope = `${day}/${region}/${service}/aws4_request`
  const text = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`
  const signature = hmac(keyOf(secretAccessKey, { day, region, service }), text).toString('hex')
  return {
    ...all,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  }
}

/** A key is valid for a day, a region and a service. Signing with a key's bytes takes Node six times as long. */
function keyOf(
  secret: string,
  { day, region, service }: Scope & { readonly day: string },
): KeyObject {
  const name = `${day}/${region}/${service}/${secret}`
  const known = keys.get(name)
  if (known) return known
  const first = createSecretKey(`AWS4${secret}`, 'utf8')
  const made = [day, region, service, 'aws4_request'].reduce(
    (key, part) => createSecretKey(hmac(key, part)),
    first,
  )
  keys.set(name, made)
  return made
}

const keys = new Map<string, KeyObject>()

const sha256 = (data: string | Uint8Array): string => hash('sha256', data, 'hex')

function hmac(key: KeyObject, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest()
}

import { hash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Sha256 } from '@smithy/core/checksum'
import { SignatureV4 } from '@smithy/signature-v4'

export interface SigningKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly region: string
  readonly service: string
}

/** AWS lets a signature be five minutes old. */
const maxAgeMs = 5 * 60_000

/** Whether exactly this request was signed with this key and not long ago, by Signature Version 4. */
export async function isSigned(
  { method = 'GET', url = '/', headers, headersDistinct }: IncomingMessage,
  body: Buffer,
  { key, now }: { readonly key: SigningKey; readonly now: Date },
): Promise<boolean> {
  const { authorization = '', 'x-amz-date': date, 'x-amz-content-sha256': claimed } = headers
  const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(';') ?? []
  const signingDate = new Date(
    String(date).replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'),
  )
  const isRecent = Math.abs(now.getTime() - signingDate.getTime()) <= maxAgeMs
  if (!names.includes('host') || !names.includes('x-amz-date') || !isRecent) return false
  if (claimed !== undefined && claimed !== hash('sha256', body)) return false

  const [path = '/', query = ''] = url.split(/\?(.*)/s)
  const parameters = new URLSearchParams(query)
  const signer = new SignatureV4({ ...key, credentials: key, sha256: Sha256, applyChecksum: false })
  const signed = await signer.sign(
    {
      method,
      protocol: 'http:',
      hostname: '',
      path,
      query: Object.fromEntries(
        [...parameters.keys()].map((name) => [name, parameters.getAll(name)]),
      ),
      headers: Object.fromEntries(
        names.map((name) => [name, (headersDistinct[name] ?? []).join(',')]),
      ),
      body,
    },
    { signingDate, signableHeaders: new Set(names) },
  )
  return signed.headers['authorization'] === authorization.replace(/,\s*/g, ', ')
}

/** The access key that a request claims to be signed with. */
export const signerOf = ({ headers }: IncomingMessage): string | undefined =>
  /Credential=([^/,]+)\//.exec(headers.authorization ?? '')?.[1]

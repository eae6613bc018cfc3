import { createHmac } from 'node:crypto'

/** Base64 of HMAC-SHA256, as Shopify and Standard Webhooks sign. */
export const hmacOf = (key: string | Buffer, text: string): string =>
  createHmac('sha256', key).update(text).digest('base64')

interface Signed {
  readonly id: string
  /** Unix seconds. */
  readonly timestamp: string
  readonly body: string
}

/** Standard Webhooks: `v1,` and the HMAC of `id.timestamp.body`, keyed with what follows `whsec_` in base64. */
export const standardSignature = ({ id, timestamp, body }: Signed, secret: string): string =>
  `v1,${hmacOf(Buffer.from(secret.slice('whsec_'.length), 'base64'), `${id}.${timestamp}.${body}`)}`

/** A webhook with the headers of Standard Webhooks. */
export function standardWebhook(
  { id, body, now }: { readonly id: string; readonly body: string; readonly now: Date },
  secret: string,
) {
  const timestamp = String(Math.floor(now.getTime() / 1000))
  return {
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': standardSignature({ id, timestamp, body }, secret),
    },
    body,
  }
}

import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Door } from '../../domain/door.ts'

/** Shopify signs the raw bytes: base64 of HMAC-SHA256 under the app's client secret. */
export const door: Door = {
  headers: [
    'x-shopify-topic',
    'x-shopify-webhook-id',
    'x-shopify-event-id',
    'x-shopify-triggered-at',
    'x-shopify-shop-domain',
    'x-shopify-api-version',
  ],
  verify({ headers, body }, secrets) {
    const claimed = Buffer.from(headers['x-shopify-hmac-sha256'] ?? '')
    if (claimed.length !== base64Length) return false

    let signed = false
    for (const secret of secrets) {
      if (secret === '') continue
      // Texts are compared, not the bytes they stand for: Node would also read sloppy base64.
      const actual = Buffer.from(createHmac('sha256', secret).update(body).digest('base64'))
      if (timingSafeEqual(claimed, actual)) signed = true
    }
    return signed
  },
}

/** Of 32 bytes. */
const base64Length = 44

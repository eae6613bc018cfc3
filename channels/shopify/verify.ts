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
    const claimed = digest(headers['x-shopify-hmac-sha256'])
    if (!claimed) return false

    let signed = false
    for (const secret of secrets) {
      if (secret === '') continue
      const actual = createHmac('sha256', secret).update(body).digest()
      if (timingSafeEqual(claimed, actual)) signed = true
    }
    return signed
  },
}

/** The 32 bytes of a canonical base64 text; Node also reads sloppy ones, which then differ from what it writes. */
function digest(header: string | undefined): Buffer | undefined {
  if (header?.length !== 44) return undefined
  const bytes = Buffer.from(header, 'base64')
  return bytes.length === 32 && bytes.toString('base64') === header ? bytes : undefined
}

import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Door, SignedRequest } from '../../domain/door.ts'

/** How a system signs its webhooks: base64 of an HMAC-SHA256 over these headers and the raw body, with full stops between. */
interface Signature {
  readonly header: string
  /** What one signature looks like; the digest, without its padding, is the group. */
  readonly form: RegExp
  /** What stands beside it, divided by a space. One that fits neither spoils the whole header. @default nothing */
  readonly beside?: RegExp
  /** Headers that are signed before the body, with what each has to look like. */
  readonly parts: Readonly<Record<string, RegExp>>
  /** The part that is a moment in Unix seconds, and how far it may lie from now. @default none: a repeat is as good as the first */
  readonly moment?: { readonly header: string; readonly toleranceSeconds: number }
  key(secret: string): Buffer
}

/** The systems whose signatures are known, and the one standard. */
const signatures = {
  // https://shopify.dev/docs/apps/build/webhooks/subscribe/https, read 2026-11-21.
  shopify: {
    header: 'x-shopify-hmac-sha256',
    form: /^([A-Za-z0-9+/]{43})=$/,
    parts: {},
    key: (secret) => Buffer.from(secret),
  },
  // https://github.com/standard-webhooks/standard-webhooks. Its examples have padding, ShipBob's has none (read 2026-11-21).
  'standard-webhooks': {
    header: 'webhook-signature',
    form: /^v1,([A-Za-z0-9+/]{43})=?$/,
    beside: /^v[a-z0-9]{1,8},[A-Za-z0-9+/]{1,512}={0,2}$/,
    // No full stop, which divides the signed parts; no comma, which joins a header sent twice.
    parts: { 'webhook-id': /^[^\s.,]{1,256}$/, 'webhook-timestamp': /^\d{1,12}$/ },
    moment: { header: 'webhook-timestamp', toleranceSeconds: 300 },
    key: (secret) => Buffer.from(secret.replace(/^whsec_/, ''), 'base64'),
  },
} satisfies Readonly<Record<string, Signature>>

export type SignatureName = keyof typeof signatures

/**
 * The door of a system that signs in this way.
 * @param others headers that are read besides; nothing signs them
 */
export function doorOf(name: SignatureName, others: readonly string[] = []): Door {
  const signature: Signature = signatures[name]
  return {
    headers: [...Object.keys(signature.parts), ...others],
    verify(request, secrets) {
      const claimed = isWellFormed(signature, request) ? digestsIn(signature, request) : []
      return secrets.some((secret) => {
        const key = signature.key(secret)
        // An empty key is one that everybody knows.
        if (key.length === 0) return false
        const actual = digest(signature, key, request)
        // Texts are compared, not the bytes they stand for: Node would also read sloppy base64.
        return claimed.some((text) => timingSafeEqual(Buffer.from(text), actual))
      })
    },
  }
}

/** The headers that sign a message of ours, with a signature for each secret that is live. */
export function standardHeaders(
  { id, body, now }: { readonly id: string; readonly body: string; readonly now: Date },
  secrets: readonly string[],
) {
  const signature: Signature = signatures['standard-webhooks']
  const parts = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
  }
  const signed = secrets.map(
    (secret) => `v1,${digest(signature, signature.key(secret), { headers: parts, body })}=`,
  )
  return { ...parts, 'webhook-signature': signed.join(' ') }
}

function isWellFormed({ parts, moment }: Signature, { headers, now }: SignedRequest): boolean {
  const fits = Object.entries(parts).every(([name, form]) => form.test(headers[name] ?? ''))
  if (!fits || !moment) return fits
  const away = now.getTime() / 1000 - Number(headers[moment.header])
  return Math.abs(away) <= moment.toleranceSeconds
}

function digestsIn({ header, form, beside }: Signature, { headers }: SignedRequest): string[] {
  const value = headers[header] ?? ''
  const entries = beside ? value.split(' ') : [value]
  if (beside && !entries.every((entry) => beside.test(entry))) return []
  return entries.flatMap((entry) => form.exec(entry)?.[1] ?? [])
}

interface Signed {
  readonly headers: SignedRequest['headers']
  readonly body: string | Uint8Array
}

/** Without its padding, which some leave out. */
function digest({ parts }: Signature, key: Buffer, { headers, body }: Signed): Buffer {
  const hmac = createHmac('sha256', key)
  for (const name of Object.keys(parts)) hmac.update(`${headers[name]}.`)
  return Buffer.from(hmac.update(body).digest('base64').replace(/=+$/, ''))
}

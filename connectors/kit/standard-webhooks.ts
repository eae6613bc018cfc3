import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Door } from '../../domain/door.ts'

const toleranceSeconds = 300

/**
 * The door of a system that signs as Standard Webhooks has it: each `v1,` entry of `webhook-signature` is the base64
 * HMAC-SHA256 of `id.timestamp.body`. One entry that is not of the form `<version>,<base64>` spoils the whole header.
 * @param others headers that are read besides; nothing signs them
 */
export const standardWebhooks = (others: readonly string[] = []): Door => ({
  headers: ['webhook-id', 'webhook-timestamp', ...others],
  verify({ headers, body, now }, secrets) {
    const id = headers['webhook-id'] ?? ''
    const timestamp = headers['webhook-timestamp'] ?? ''
    const entries = (headers['webhook-signature'] ?? '').split(' ')
    if (!identifier.test(id) || !isRecent(timestamp, now) || !entries.every(isEntry)) return false

    const given = entries.filter((entry) => entry.startsWith('v1,')).map(bytesOf)
    return secrets.some((secret) => {
      const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
      // An empty key is one that everybody knows.
      if (key.length === 0) return false
      const hmac = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest()
      return given.some((bytes) => bytes.length === hmac.length && timingSafeEqual(bytes, hmac))
    })
  },
})

/** No full stop, which divides the signed parts; no comma, which joins a header sent twice. */
const identifier = /^[^\s.,]{1,256}$/

const isRecent = (timestamp: string, now: Date): boolean =>
  /^\d{1,12}$/.test(timestamp) &&
  Math.abs(now.getTime() / 1000 - Number(timestamp)) <= toleranceSeconds

// The standard's examples have padding, ShipBob's has none (documentation, read 2026-11-21).
const isEntry = (entry: string): boolean =>
  /^v[a-z0-9]{1,8},[A-Za-z0-9+/]{1,512}={0,2}$/.test(entry)

const bytesOf = (entry: string): Buffer => Buffer.from(entry.slice('v1,'.length), 'base64')

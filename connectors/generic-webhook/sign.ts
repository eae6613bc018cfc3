import { createHmac } from 'node:crypto'

/** What is signed, by Standard Webhooks. */
interface Signed {
  readonly id: string
  readonly body: string
  readonly now: Date
}

/** The headers of Standard Webhooks, with a signature for each secret that is live. */
export function sign({ id, body, now }: Signed, secrets: readonly string[]) {
  const timestamp = String(Math.floor(now.getTime() / 1000))
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
  })
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  }
}

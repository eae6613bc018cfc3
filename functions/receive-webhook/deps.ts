import type { Door } from '../../domain/door.ts'
import { awsSecrets } from '../../platform/secrets/secrets.ts'
import { sendWebhook } from '../../platform/sqs/send-webhook.ts'
import { readSettings } from '../../platform/wiring/settings.ts'
import type { ReceiveWebhookDeps } from './receive-webhook.ts'

const { INTAKE_QUEUE_URL } = process.env

export const deps: ReceiveWebhookDeps = {
  connections: readSettings().connections,

  // The bundler turns this pattern into one entry per connector, so a new connector needs no change here.
  async door({ connector }): Promise<Door> {
    const { door } = await import(`../../connectors/${connector}/verify.ts`)
    return door
  },

  secrets: awsSecrets(),

  enqueue: sendWebhook(INTAKE_QUEUE_URL),

  now: () => new Date(),
}

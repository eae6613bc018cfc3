import type { Door } from '../../domain/door.ts'
import { awsSecrets } from '../../platform/secrets.ts'
import { sendIntake } from '../../platform/send-intake.ts'
import { readSettings } from '../../platform/settings.ts'
import type { ReceiveWebhookDeps } from './receive-webhook.ts'

const { INTAKE_QUEUE_URL } = process.env

export const deps: ReceiveWebhookDeps = {
  connections: readSettings().connections,

  // The bundler turns these patterns into one entry per plug: adding a plug changes nothing here.
  async door({ plug, kind }): Promise<Door> {
    const { door } =
      kind === 'channel'
        ? await import(`../../channels/${plug}/verify.ts`)
        : await import(`../../connectors/${plug}/verify.ts`)
    return door
  },

  secrets: awsSecrets(),

  enqueue: sendIntake(INTAKE_QUEUE_URL),

  now: () => new Date(),
}

import { createHash, randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { SQSEvent } from 'aws-lambda'
import { channels } from '../../channels/index.ts'
import { connectors } from '../../connectors/index.ts'
import type { Gate } from '../../domain/effects/gate.ts'
import { openAccount } from '../../platform/account.ts'
import { putObject } from '../../platform/aws.ts'
import { countingDeps } from '../../platform/counting-deps.ts'
import { dynamo } from '../../platform/dynamo.ts'
import { dynamoCrossReferences } from '../../platform/dynamo-cross-references.ts'
import { learnDeps } from '../../platform/learn-deps.ts'
import { namespaceOf } from '../../platform/metrics.ts'
import { openGate } from '../../platform/open-gate.ts'
import { readEnv } from '../../platform/read-env.ts'
import { awsSecrets } from '../../platform/secrets.ts'
import { sendPrivacyRequest } from '../../platform/send-privacy-request.ts'
import { connectionOf, readSettings } from '../../platform/settings.ts'
import { sqsAgain } from '../../platform/sqs-again.ts'
import { bundlesOf } from './archive.ts'
import { Env } from './env.ts'
import type { TransformOrderDeps } from './intake.ts'
import { openOnce } from './open-message.ts'
import { unzip } from './unzip.ts'

const env = readEnv(Env)
const settings = readSettings()
const client = dynamo()
const means = {
  client,
  secrets: awsSecrets(),
  cursorsTable: env.CURSORS_TABLE,
  namespace: namespaceOf(settings),
}
const plugs = new Map([...channels, ...connectors].map((plug) => [plug.id, plug]))
const gates = new Map<string, Gate>()

const lasting: Omit<TransformOrderDeps, 'open'> = {
  ...learnDeps(client, env, settings),
  plug: (connection) => plugs.get(connectionOf(settings, connection).plug),
  gate(id) {
    const known = gates.get(id)
    if (known) return known
    const connection = connectionOf(settings, id)
    const opened = openGate(connection, openAccount(connection, means), means)
    gates.set(id, opened)
    return opened
  },
  digest: (text) => createHash('sha256').update(text).digest('hex').slice(0, 24),
  stocked: {
    ...countingDeps(client, env.STOCK_TABLE, settings),
    crossReferences: dynamoCrossReferences(client, env.CROSS_REFERENCES_TABLE),
    settings: settings.stock,
  },
  again: sqsAgain(env.INTAKE_QUEUE_URL),
  ask: sendPrivacyRequest(env.PRIVACY_QUEUE_URL),
  clock: () => new Date(),
}

/** What one batch needs: its messages are opened once, and forgotten with it. */
export const depsOfBatch = (): TransformOrderDeps => ({
  ...lasting,
  open: openOnce({ ...lasting, unzip }),
})

/** Keeps the messages of a batch as they came. */
export async function archive({ Records }: SQSEvent, deps: TransformOrderDeps): Promise<void> {
  const bodies = Records.map(({ body }) => body)
  const bundles = await bundlesOf(bodies, {
    ...deps,
    rawDays: (connection) => settings.connections.find(({ id }) => id === connection)?.rawDays,
    newId: randomUUID,
    channels: settings.connections.flatMap(({ id, kind }) => (kind === 'channel' ? [id] : [])),
  })
  const type = 'application/gzip'
  await Promise.all(
    bundles.map(({ name, text }) =>
      putObject(env.RAW_BUCKET, name, { body: gzipSync(text), type }),
    ),
  )
}

import { createHash, randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { SQSEvent } from 'aws-lambda'
import { connectors } from '../../connectors/index.ts'
import type { Guard } from '../../domain/effects/guard.ts'
import { dynamo } from '../../platform/dynamodb/client.ts'
import { dynamoCrossReferences } from '../../platform/dynamodb/cross-references.ts'
import { putObject } from '../../platform/http/aws.ts'
import { awsSecrets } from '../../platform/secrets/secrets.ts'
import { sqsRequeue } from '../../platform/sqs/requeue.ts'
import { sendPrivacyRequest } from '../../platform/sqs/send-privacy-request.ts'
import { namespaceOf } from '../../platform/telemetry/metrics.ts'
import { openAccount } from '../../platform/wiring/account.ts'
import { countingDeps } from '../../platform/wiring/counting-deps.ts'
import { openGuard } from '../../platform/wiring/open-guard.ts'
import { readEnv } from '../../platform/wiring/read-env.ts'
import { recordFactDeps } from '../../platform/wiring/record-fact-deps.ts'
import { connectionOf, readSettings } from '../../platform/wiring/settings.ts'
import { capableOf } from '../../schemas/settings.ts'
import { bundlesOf } from './archive.ts'
import { Env } from './env.ts'
import type { TransformMessageDeps } from './intake.ts'
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
const byId = new Map(connectors.map((connector) => [connector.id, connector]))
const gates = new Map<string, Guard>()

const lasting: Omit<TransformMessageDeps, 'open'> = {
  ...recordFactDeps(client, env, settings),
  connector: (connection) => byId.get(connectionOf(settings, connection).connector),
  gate(id) {
    const known = gates.get(id)
    if (known) return known
    const connection = connectionOf(settings, id)
    const opened = openGuard(connection, openAccount(connection, means), means)
    gates.set(id, opened)
    return opened
  },
  digest: (text) => createHash('sha256').update(text).digest('hex').slice(0, 24),
  stocked: {
    ...countingDeps(client, env.STOCK_TABLE, settings),
    crossReferences: dynamoCrossReferences(client, env.CROSS_REFERENCES_TABLE),
    settings: settings.stock,
  },
  again: sqsRequeue(env.INTAKE_QUEUE_URL),
  ask: sendPrivacyRequest(env.PRIVACY_QUEUE_URL),
  clock: () => new Date(),
}

/** Per batch: its messages are opened once, and forgotten with it. */
export const depsOfBatch = (): TransformMessageDeps => ({
  ...lasting,
  open: openOnce({ ...lasting, unzip }),
})

/** Stores a batch of raw messages. */
export async function archive({ Records }: SQSEvent, deps: TransformMessageDeps): Promise<void> {
  const bodies = Records.map(({ body }) => body)
  const bundles = await bundlesOf(bodies, {
    ...deps,
    rawDays: (connection) => settings.connections.find(({ id }) => id === connection)?.rawDays,
    newId: randomUUID,
    channels: settings.connections.filter(capableOf('orders')).map(({ id }) => id),
  })
  const type = 'application/gzip'
  await Promise.all(
    bundles.map(({ name, text }) =>
      putObject(env.RAW_BUCKET, name, { body: gzipSync(text), type }),
    ),
  )
}

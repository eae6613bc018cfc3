import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { policyOf } from '../../domain/order/policy.ts'
import { dynamo } from '../../platform/dynamodb/client.ts'
import { dynamoLedger } from '../../platform/dynamodb/ledger.ts'
import { dynamoPast } from '../../platform/dynamodb/past.ts'
import { dynamoPeople } from '../../platform/dynamodb/people.ts'
import { s3Store } from '../../platform/s3/store.ts'
import { sqsRequeue } from '../../platform/sqs/requeue.ts'
import { logger } from '../../platform/telemetry/logger.ts'
import { count, namespaceOf } from '../../platform/telemetry/metrics.ts'
import { readEnv } from '../../platform/wiring/read-env.ts'
import { readSettings } from '../../platform/wiring/settings.ts'
import { Env } from './env.ts'
import type { PrivacyDeps } from './privacy-deps.ts'

const env = readEnv(Env)
const settings = readSettings()
const client = dynamo()

export const deps: PrivacyDeps = {
  ledger: dynamoLedger(client, { ledger: env.LEDGER_TABLE, people: env.PEOPLE_TABLE }),
  policy: policyOf(settings),
  // An erasure changes no stock.
  kept: undefined,
  jitter: (ms) => sleep(Math.random() * ms),
  vault: dynamoPeople(client, env.PEOPLE_TABLE),
  past: dynamoPast(client, env.LEDGER_TABLE),
  messages: s3Store(env.RAW_BUCKET),
  files: s3Store(env.FILES_BUCKET),
  hostsOf: (id) => settings.connections.find((connection) => connection.id === id)?.hosts ?? [],
  digest: (text) => createHash('sha256').update(text).digest('hex').slice(0, 24),
  again: sqsRequeue(env.PRIVACY_QUEUE_URL),
  clock: () => new Date(),
  disclosed(orders) {
    logger.warn('a disclosure waits to be sent to its customer', { count: orders.length })
    count({ name: 'DisclosureWritten', dimensions: {} }, namespaceOf(settings))
  },
}

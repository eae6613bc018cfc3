import { createHash } from 'node:crypto'
import { dynamo } from '../../platform/dynamo.ts'
import { dynamoPeople } from '../../platform/dynamo-people.ts'
import { learnDeps } from '../../platform/learn-deps.ts'
import { logger } from '../../platform/logger.ts'
import { count, namespaceOf } from '../../platform/metrics.ts'
import { readEnv } from '../../platform/read-env.ts'
import { s3Store } from '../../platform/s3-store.ts'
import { readSettings } from '../../platform/settings.ts'
import { sqsAgain } from '../../platform/sqs-again.ts'
import { Env } from './env.ts'
import type { PrivacyDeps } from './privacy-deps.ts'

const env = readEnv(Env)
const settings = readSettings()
const client = dynamo()

export const deps: PrivacyDeps = {
  ...learnDeps(client, env, settings),
  vault: dynamoPeople(client, env.PEOPLE_TABLE),
  messages: s3Store(env.RAW_BUCKET),
  files: s3Store(env.FILES_BUCKET),
  hostsOf: (id) => settings.connections.find((connection) => connection.id === id)?.hosts ?? [],
  digest: (text) => createHash('sha256').update(text).digest('hex').slice(0, 24),
  again: sqsAgain(env.PRIVACY_QUEUE_URL),
  clock: () => new Date(),
  disclosed(orders) {
    logger.warn('a customer is to be sent a disclosure', { count: orders.length })
    count({ name: 'DisclosureWritten', dimensions: {} }, namespaceOf(settings))
  },
}

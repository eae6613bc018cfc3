import { dynamo } from '../../platform/dynamodb/client.ts'
import { dynamoDeadlines } from '../../platform/dynamodb/deadlines.ts'
import { dynamoOverdue } from '../../platform/dynamodb/overdue.ts'
import { logger } from '../../platform/telemetry/logger.ts'
import { count, namespaceOf } from '../../platform/telemetry/metrics.ts'
import { readEnv } from '../../platform/wiring/read-env.ts'
import { recordFactDeps } from '../../platform/wiring/record-fact-deps.ts'
import { readSettings } from '../../platform/wiring/settings.ts'
import { Env } from './env.ts'
import type { SweepLedgerDeps } from './sweep-ledger.ts'

const env = readEnv(Env)
const settings = readSettings()
const client = dynamo()

export const deps: SweepLedgerDeps = {
  ...recordFactDeps(client, env, settings),
  deadlines: dynamoDeadlines(client, env.LEDGER_TABLE),
  overdue: dynamoOverdue(client, env.LEDGER_TABLE),
  escalate: (Owner, value) =>
    count({ name: 'ExceptionsOverdue', dimensions: { Owner }, value }, namespaceOf(settings)),
  clock: () => new Date(),
  log: (message, fields) => logger.info(message, fields),
}

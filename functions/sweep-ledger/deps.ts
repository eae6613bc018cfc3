import { dynamo } from '../../platform/dynamo.ts'
import { dynamoDeadlines } from '../../platform/dynamo-deadlines.ts'
import { dynamoOverdue } from '../../platform/dynamo-overdue.ts'
import { learnDeps } from '../../platform/learn-deps.ts'
import { logger } from '../../platform/logger.ts'
import { count, namespaceOf } from '../../platform/metrics.ts'
import { readEnv } from '../../platform/read-env.ts'
import { readSettings } from '../../platform/settings.ts'
import { Env } from './env.ts'
import type { SweepLedgerDeps } from './sweep-ledger.ts'

const env = readEnv(Env)
const settings = readSettings()
const client = dynamo()

export const deps: SweepLedgerDeps = {
  ...learnDeps(client, env, settings),
  deadlines: dynamoDeadlines(client, env.LEDGER_TABLE),
  overdue: dynamoOverdue(client, env.LEDGER_TABLE),
  escalate: (Owner, value) =>
    count({ name: 'ExceptionsOverdue', dimensions: { Owner }, value }, namespaceOf(settings)),
  clock: () => new Date(),
  log: (message, fields) => logger.info(message, fields),
}

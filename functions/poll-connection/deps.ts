import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency'
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb'
import type { Context } from 'aws-lambda'
import { connectors } from '../../connectors/index.ts'
import { Fault } from '../../domain/fault.ts'
import { dynamoCheckpoints } from '../../platform/dynamodb/checkpoints.ts'
import { dynamo } from '../../platform/dynamodb/client.ts'
import { awsSecrets } from '../../platform/secrets/secrets.ts'
import { enqueueIntake } from '../../platform/sqs/intake.ts'
import { logger } from '../../platform/telemetry/logger.ts'
import { namespaceOf } from '../../platform/telemetry/metrics.ts'
import { openAccount } from '../../platform/wiring/account.ts'
import { openGuard } from '../../platform/wiring/open-guard.ts'
import { readEnv } from '../../platform/wiring/read-env.ts'
import { connectionOf, readSettings } from '../../platform/wiring/settings.ts'
import { Env } from './env.ts'
import { type PollConnectionDeps, pollConnection } from './poll-connection.ts'

const env = readEnv(Env)
const settings = readSettings()
const connection = connectionOf(settings, env.CONNECTION)
const client = dynamo()
const connector = connectors.find(({ id }) => id === connection.connector)
if (!connector)
  throw new Fault(`no connector "${connection.connector}" is registered for ${connection.id}`)

const cursorsTable = env.CURSORS_TABLE
const account = openAccount(connection, { client, secrets: awsSecrets(), cursorsTable })

const deps: Omit<PollConnectionDeps, 'left'> = {
  connection,
  connector,
  gate: openGuard(connection, account, { client, cursorsTable, namespace: namespaceOf(settings) }),
  checkpoints: dynamoCheckpoints(client, env.CURSORS_TABLE, connection.id),
  enqueue: enqueueIntake(env.INTAKE_QUEUE_URL, connection.id),
  clock: () => new Date(),
}

const config = new IdempotencyConfig({
  eventKeyJmesPath: '[connection, scheduledTime]',
  expiresAfterSeconds: 3600,
})

/**
 * EventBridge Scheduler delivers at least once, and polls use scarce requests: one scheduled time is polled once.
 * Powertools forgets a failed attempt, which is right here because a poll may be repeated.
 */
const once = makeIdempotent(
  async (_event: unknown, context: Context) => {
    const left = () => context.getRemainingTimeInMillis()
    const polled = await pollConnection({ ...deps, left })
    logger.info('polled a connection', { connection: connection.id, ...polled })
    // The breaker's alarm covers rejected credentials.
    if (polled.next === 'except') throw new Fault(`${connection.id}: ${polled.reason}`)
    return { count: polled.count }
  },
  {
    persistenceStore: new DynamoDBPersistenceLayer({ tableName: env.IDEMPOTENCY_TABLE }),
    config,
  },
)

export async function oncePerSchedule(event: unknown, context: Context): Promise<void> {
  config.registerLambdaContext(context)
  await once(event, context)
}

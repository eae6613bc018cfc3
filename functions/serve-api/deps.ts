import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Context } from 'aws-lambda'
import { sellersOf } from '../../domain/stock/sellers.ts'
import { countingDeps } from '../../platform/counting-deps.ts'
import { readDescription } from '../../platform/description.ts'
import { dynamo } from '../../platform/dynamo.ts'
import { dynamoCrossReferences } from '../../platform/dynamo-cross-references.ts'
import { dynamoListingTerms } from '../../platform/dynamo-listing-terms.ts'
import { dynamoListings } from '../../platform/dynamo-listings.ts'
import { dynamoLookups } from '../../platform/dynamo-lookups.ts'
import { dynamoOrders } from '../../platform/dynamo-orders.ts'
import { onceIn } from '../../platform/idempotent.ts'
import { lean } from '../../platform/lean.ts'
import { learnDeps } from '../../platform/learn-deps.ts'
import { logger } from '../../platform/logger.ts'
import { readEnv } from '../../platform/read-env.ts'
import { sendIntake } from '../../platform/send-intake.ts'
import { sendPrivacyRequest } from '../../platform/send-privacy-request.ts'
import { readSettings } from '../../platform/settings.ts'
import { traceparentOf } from '../../platform/trace.ts'
import { Env } from './env.ts'
import type { ServeApiDeps } from './serve-api-deps.ts'

const env = readEnv(Env)
const settings = readSettings()
const client = dynamo()
const tables = { ledger: env.LEDGER_TABLE, people: env.PEOPLE_TABLE }
/** Powertools has commands of its own. */
const once = onceIn(
  env.IDEMPOTENCY_TABLE,
  new DynamoDBClient({ maxAttempts: 5, ...lean('dynamodb') }),
)

const deps: Omit<ServeApiDeps, 'once'> = {
  ...learnDeps(client, env, settings),
  connections: settings.connections,
  orders: dynamoOrders(client, tables),
  stocked: {
    ...countingDeps(client, env.STOCK_TABLE, settings),
    crossReferences: dynamoCrossReferences(client, env.CROSS_REFERENCES_TABLE),
    settings: settings.stock,
  },
  listings: dynamoListings(client, env.STOCK_TABLE),
  terms: dynamoListingTerms(client, env.STOCK_TABLE),
  lookups: dynamoLookups(client, env.STOCK_TABLE),
  sellers: sellersOf(settings),
  enqueue: sendIntake(env.INTAKE_QUEUE_URL),
  ask: sendPrivacyRequest(env.PRIVACY_QUEUE_URL),
  describe: () => readDescription(),
  trace: traceparentOf,
  clock: () => new Date(),
  log: (message, fields) => logger.info(message, fields),
  complain: (message, fields) => logger.error(message, fields),
}

/** One invocation's own: the lock of its Idempotency-Key ends with its time. */
export const depsFor = (context: Context): ServeApiDeps => ({ ...deps, once: once(context) })

import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Context } from 'aws-lambda'
import { sellersOf } from '../../domain/listings/sellers.ts'
import { dynamo } from '../../platform/dynamodb/client.ts'
import { dynamoCrossReferences } from '../../platform/dynamodb/cross-references.ts'
import { onceIn } from '../../platform/dynamodb/idempotent.ts'
import { dynamoListingTerms } from '../../platform/dynamodb/listing-terms.ts'
import { dynamoListings } from '../../platform/dynamodb/listings.ts'
import { dynamoLookups } from '../../platform/dynamodb/lookups.ts'
import { dynamoOrders } from '../../platform/dynamodb/orders.ts'
import { awsClient } from '../../platform/http/aws-client.ts'
import { sendIntake } from '../../platform/sqs/send-intake.ts'
import { sendPrivacyRequest } from '../../platform/sqs/send-privacy-request.ts'
import { logger } from '../../platform/telemetry/logger.ts'
import { traceparentOf } from '../../platform/telemetry/trace.ts'
import { countingDeps } from '../../platform/wiring/counting-deps.ts'
import { readDescription } from '../../platform/wiring/description.ts'
import { readEnv } from '../../platform/wiring/read-env.ts'
import { recordFactDeps } from '../../platform/wiring/record-fact-deps.ts'
import { readSettings } from '../../platform/wiring/settings.ts'
import { Env } from './env.ts'
import type { ServeApiDeps } from './serve-api-deps.ts'

const env = readEnv(Env)
const settings = readSettings()
const client = dynamo()
const tables = { ledger: env.LEDGER_TABLE, people: env.PEOPLE_TABLE }
/** Powertools needs a plain DynamoDB client. */
const once = onceIn(env.IDEMPOTENCY_TABLE, new DynamoDBClient(awsClient))

const deps: Omit<ServeApiDeps, 'once'> = {
  ...recordFactDeps(client, env, settings),
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

/** Per invocation: the lock on an Idempotency-Key ends with the invocation's time. */
export const depsFor = (context: Context): ServeApiDeps => ({ ...deps, once: once(context) })

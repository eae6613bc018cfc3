import { attributesOf } from '../../domain/listings/attributes.ts'
import { sellersOf } from '../../domain/listings/sellers.ts'
import { dynamoCircuitBreakers } from '../../platform/dynamodb/circuit-breakers.ts'
import { dynamo } from '../../platform/dynamodb/client.ts'
import { dynamoListings } from '../../platform/dynamodb/listings.ts'
import { dynamoLookups } from '../../platform/dynamodb/lookups.ts'
import { sqsHints } from '../../platform/sqs/hints.ts'
import { isDownBy } from '../../platform/telemetry/measured-breakers.ts'
import { count, namespaceOf } from '../../platform/telemetry/metrics.ts'
import { readEnv } from '../../platform/wiring/read-env.ts'
import { readSettings } from '../../platform/wiring/settings.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import { Env } from './env.ts'
import type { SweepListingsDeps } from './sweep-listings.ts'

const env = readEnv(Env)
const settings = readSettings()
const namespace = namespaceOf(settings)
const client = dynamo()
const listings = dynamoListings(client, env.STOCK_TABLE)
const sellers = sellersOf(settings)
const clock = () => new Date()

const missed = (name: 'StageMissed' | 'StageMissedInOutage') => (Connection: ConnectionId) =>
  count({ name, dimensions: { Connection, Stage: 'published' } }, namespace)

export const deps: SweepListingsDeps = {
  listings,
  attributes: attributesOf({ shelves: listings, sellers, clock }),
  lookups: dynamoLookups(client, env.STOCK_TABLE),
  nextLook: new Map(),
  sellers,
  clock,
  limit: settings.stages.published,
  hint: sqsHints(settings, env.INTAKE_QUEUE_URL),
  isDown: isDownBy(dynamoCircuitBreakers(client, env.CURSORS_TABLE)),
  missed: missed('StageMissed'),
  missedInOutage: missed('StageMissedInOutage'),
  backlog: (Connection, value) =>
    count({ name: 'ListingsWaiting', dimensions: { Connection }, value }, namespace),
}

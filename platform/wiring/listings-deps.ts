import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Guard } from '../../domain/effects/guard.ts'
import { Fault } from '../../domain/fault.ts'
import { attributesOf } from '../../domain/listings/attributes.ts'
import type { ListingsCapability } from '../../domain/listings/listings-capability.ts'
import type { ProjectDeps } from '../../domain/listings/project.ts'
import { type Seller, sellersOf } from '../../domain/listings/sellers.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { ResolvedSettings } from '../../schemas/settings.ts'
import { dynamoListings } from '../dynamodb/listings.ts'
import { awsSecrets } from '../secrets/secrets.ts'
import { namespaceOf } from '../telemetry/metrics.ts'
import { openAccount } from './account.ts'
import { openGuard } from './open-guard.ts'
import { connectionOf } from './settings.ts'

interface Means {
  readonly settings: ResolvedSettings
  readonly client: DynamoDBDocumentClient
  readonly connectors: readonly { readonly id: string; readonly listings?: ListingsCapability }[]
}

interface ListingsEnv {
  readonly CONNECTION: ConnectionId
  readonly STOCK_TABLE: string
  readonly CURSORS_TABLE: string
}

interface ListingsDeps extends ProjectDeps {
  readonly seller: Seller
  readonly capability: ListingsCapability
  readonly gate: Guard
}

/** What those have in common who tell a channel what it may sell, or ask what it shows. */
export function listingsDeps(
  env: ListingsEnv,
  { settings, client, connectors }: Means,
): ListingsDeps {
  const connection = connectionOf(settings, env.CONNECTION)
  const capability = connectors.find(({ id }) => id === connection.connector)?.listings
  const sellers = sellersOf(settings)
  const seller = sellers.get(connection.id)
  if (!capability || !seller) throw new Fault(`${connection.id} does not publish listings`)

  const cursorsTable = env.CURSORS_TABLE
  const account = openAccount(connection, { client, secrets: awsSecrets(), cursorsTable })
  const listings = dynamoListings(client, env.STOCK_TABLE)
  const clock = () => new Date()
  return {
    listings,
    attributes: attributesOf({ shelves: listings, sellers, clock }),
    sellers,
    clock,
    seller,
    capability,
    gate: openGuard(connection, account, {
      client,
      cursorsTable,
      namespace: namespaceOf(settings),
    }),
  }
}

import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Guard } from '../../domain/effects/guard.ts'
import { Fault } from '../../domain/fault.ts'
import type { ProjectDeps } from '../../domain/listings/project.ts'
import { type Seller, sellersOf } from '../../domain/listings/sellers.ts'
import type { Selling } from '../../domain/listings/selling.ts'
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
  readonly connectors: readonly { readonly id: string; readonly listings?: Selling }[]
}

interface SellingEnv {
  readonly CONNECTION: ConnectionId
  readonly STOCK_TABLE: string
  readonly CURSORS_TABLE: string
}

interface SellingDeps extends ProjectDeps {
  readonly seller: Seller
  readonly selling: Selling
  readonly gate: Guard
}

/** What those have in common who tell a channel what it may sell, or ask what it shows. */
export function sellingDeps(env: SellingEnv, { settings, client, connectors }: Means): SellingDeps {
  const connection = connectionOf(settings, env.CONNECTION)
  const selling = connectors.find(({ id }) => id === connection.connector)?.listings
  const sellers = sellersOf(settings)
  const seller = sellers.get(connection.id)
  if (!selling || !seller) throw new Fault(`${connection.id} does not publish quantities`)

  const cursorsTable = env.CURSORS_TABLE
  const account = openAccount(connection, { client, secrets: awsSecrets(), cursorsTable })
  const listings = dynamoListings(client, env.STOCK_TABLE)
  return {
    listings,
    shelves: listings,
    sellers,
    clock: () => new Date(),
    seller,
    selling,
    gate: openGuard(connection, account, {
      client,
      cursorsTable,
      namespace: namespaceOf(settings),
    }),
  }
}

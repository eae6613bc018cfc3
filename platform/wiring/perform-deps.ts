import type { PerformDeps } from '../../domain/effects/perform.ts'
import { Fault } from '../../domain/fault.ts'
import { orderAggregate } from '../../domain/order/aggregate.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Connection } from '../../schemas/settings.ts'
import { dynamo } from '../dynamodb/client.ts'
import { dynamoCrossReferences } from '../dynamodb/cross-references.ts'
import { awsSecrets } from '../secrets/secrets.ts'
import { sqsRequeue } from '../sqs/requeue.ts'
import { namespaceOf } from '../telemetry/metrics.ts'
import { openAccount } from './account.ts'
import { openGuard } from './open-guard.ts'
import { recordFactDeps } from './record-fact-deps.ts'
import { connectionOf, readSettings } from './settings.ts'

interface LaneEnv {
  readonly CONNECTION: ConnectionId
  readonly LEDGER_TABLE: string
  readonly PEOPLE_TABLE: string
  readonly CURSORS_TABLE: string
  readonly CROSS_REFERENCES_TABLE: string
  readonly STOCK_TABLE: string
  readonly LANE_QUEUE_URL: string
}

/** The wiring of one lane's worker: one connection, what its system can be asked to do, its queue. */
export function performDeps(
  env: LaneEnv,
  systemOf: (connection: Connection) => PerformDeps['system'] | undefined,
): PerformDeps {
  const settings = readSettings()
  const connection = connectionOf(settings, env.CONNECTION)
  const system = systemOf(connection)
  if (!system)
    throw new Fault(`no connector "${connection.connector}" is registered for ${connection.id}`)

  const client = dynamo()
  const cursorsTable = env.CURSORS_TABLE
  const account = openAccount(connection, { client, secrets: awsSecrets(), cursorsTable })
  return {
    aggregate: orderAggregate(recordFactDeps(client, env, settings)),
    system,
    account,
    gate: openGuard(connection, account, {
      client,
      cursorsTable,
      namespace: namespaceOf(settings),
    }),
    crossReferences: dynamoCrossReferences(client, env.CROSS_REFERENCES_TABLE),
    namesRequired: connection.crossReferences,
    again: sqsRequeue(env.LANE_QUEUE_URL),
    clock: () => new Date(),
    ...(settings.restored && { restoredAt: settings.restored.before }),
    // Longer than the function may run, so that the holder of a claim has ended when it expires.
    leaseSeconds: connection.timeoutSeconds + 5,
  }
}

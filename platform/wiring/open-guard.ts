import { setTimeout as sleep } from 'node:timers/promises'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Account } from '../../domain/account.ts'
import { type Guard, guardOf } from '../../domain/effects/guard.ts'
import type { Connection } from '../../schemas/settings.ts'
import { dynamoCircuitBreakers } from '../dynamodb/circuit-breakers.ts'
import { measuredBreakers } from '../telemetry/measured-breakers.ts'

interface Means {
  readonly client: DynamoDBDocumentClient
  readonly cursorsTable: string
  /** Where the environment's metrics are counted. */
  readonly namespace: string
}

/** The guard before a connection, for this process; all processes of the connection share its breaker. */
export const openGuard = (
  { maxConcurrency, timeoutSeconds }: Connection,
  account: Account,
  { client, cursorsTable, namespace }: Means,
): Guard =>
  guardOf({
    breakers: measuredBreakers(dynamoCircuitBreakers(client, cursorsTable), namespace),
    account,
    limit: maxConcurrency,
    // Longer than the function may run, so that the holder of a place has ended when it is released.
    leaseSeconds: timeoutSeconds + 5,
    clock: () => new Date(),
    random: Math.random,
    jitter: (ms) => sleep(Math.random() * ms),
  })

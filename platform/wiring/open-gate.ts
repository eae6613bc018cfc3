import { setTimeout as sleep } from 'node:timers/promises'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { type Gate, gateOf } from '../../domain/effects/gate.ts'
import type { Account } from '../../domain/plug.ts'
import type { Connection } from '../../schemas/settings.ts'
import { dynamoValves } from '../dynamodb/valves.ts'
import { measuredValves } from '../telemetry/measured-valves.ts'

interface Means {
  readonly client: DynamoDBDocumentClient
  readonly cursorsTable: string
  /** Where the environment's metrics are counted. */
  readonly namespace: string
}

/** The gate before a connection, for this process; all processes of the connection share its valve. */
export const openGate = (
  { maxConcurrency, timeoutSeconds }: Connection,
  account: Account,
  { client, cursorsTable, namespace }: Means,
): Gate =>
  gateOf({
    valves: measuredValves(dynamoValves(client, cursorsTable), namespace),
    account,
    limit: maxConcurrency,
    // Longer than the function may run, so that whoever held a place is gone when it falls free.
    leaseSeconds: timeoutSeconds + 5,
    clock: () => new Date(),
    random: Math.random,
    jitter: (ms) => sleep(Math.random() * ms),
  })

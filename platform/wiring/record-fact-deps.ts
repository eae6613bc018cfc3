import { setTimeout as sleep } from 'node:timers/promises'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { policyOf } from '../../domain/order/policy.ts'
import type { RecordFactDeps } from '../../domain/order/record-fact.ts'
import type { ResolvedSettings } from '../../schemas/settings.ts'
import { dynamoCrossReferences } from '../dynamodb/cross-references.ts'
import { keyedMutex } from '../dynamodb/keyed-mutex.ts'
import { dynamoLedger } from '../dynamodb/ledger.ts'
import { dynamoStock } from '../dynamodb/stock.ts'

export interface LedgerEnv {
  readonly LEDGER_TABLE: string
  /** Absent for those who adopt no document and so never touch personal data. */
  readonly PEOPLE_TABLE?: string
  readonly STOCK_TABLE: string
  readonly CROSS_REFERENCES_TABLE: string
}

/** What it takes to tell the ledger something, and to keep stock in step with it. */
export function recordFactDeps(
  client: DynamoDBDocumentClient,
  env: LedgerEnv,
  settings: ResolvedSettings,
): RecordFactDeps {
  const policy = policyOf(settings)
  const tables = {
    ledger: env.LEDGER_TABLE,
    people: env.PEOPLE_TABLE ?? '',
    stock: env.STOCK_TABLE,
  }
  return {
    ledger: dynamoLedger(client, tables),
    policy,
    kept: policy.stock && {
      stock: dynamoStock(client, env.STOCK_TABLE, policy.stock.placesOf),
      crossReferences: dynamoCrossReferences(client, env.CROSS_REFERENCES_TABLE),
    },
    turn: keyedMutex(),
    jitter: (ms) => sleep(Math.random() * ms),
  }
}

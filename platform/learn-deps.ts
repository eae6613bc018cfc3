import { setTimeout as sleep } from 'node:timers/promises'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { LearnDeps } from '../domain/order/learn.ts'
import { policyOf } from '../domain/order/policy.ts'
import type { ResolvedSettings } from '../schemas/settings.ts'
import { dynamoCrossReferences } from './dynamo-cross-references.ts'
import { dynamoLedger } from './dynamo-ledger.ts'
import { dynamoStock } from './dynamo-stock.ts'
import { turns } from './turns.ts'

export interface LedgerEnv {
  readonly LEDGER_TABLE: string
  /** Absent for those who adopt no document and so never touch personal data. */
  readonly PEOPLE_TABLE?: string
  readonly STOCK_TABLE: string
  readonly CROSS_REFERENCES_TABLE: string
}

/** What it takes to tell the ledger something, and to keep stock in step with it. */
export function learnDeps(
  client: DynamoDBDocumentClient,
  env: LedgerEnv,
  settings: ResolvedSettings,
): LearnDeps {
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
    turn: turns(),
    jitter: (ms) => sleep(Math.random() * ms),
  }
}

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Figure } from './figure.ts'
import { median } from './statistics.ts'

const runs = 15

/** Whatever a function's environment asks for; nothing is called while it is imported. */
const environment = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
  LEDGER_TABLE: 'ledger',
  PEOPLE_TABLE: 'people',
  CURSORS_TABLE: 'cursors',
  CROSS_REFERENCES_TABLE: 'cross-references',
  FILES_BUCKET: 'files',
  IDEMPOTENCY_TABLE: 'idempotency',
  RAW_BUCKET: 'raw',
  BUS_NAME: 'bus',
  INTAKE_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/1/intake',
  LANE_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/1/lane',
}

const connections: Readonly<Record<string, string>> = {
  'post-to-erp': 'netsuite/demo-erp',
  'release-to-warehouse': 'shipbob/demo-wms',
  'update-channel': 'shopify/demo-store',
  'poll-channel': 'shopify/demo-store',
}

/** Size and import time of every bundle, beside an empty handler in the same run. */
export async function coldStarts(root: string): Promise<readonly Figure[]> {
  const empty = join(mkdtempSync(join(tmpdir(), 'crossdock-')), 'index.cjs')
  writeFileSync(empty, 'exports.handler = async () => {}\n')
  const floor = importTime(empty, '')

  const folder = join(root, 'dist', 'demo')
  return readdirSync(folder).map((name) => {
    const file = join(folder, name, 'index.cjs')
    const kb = statSync(file).size / 1000
    const ms = importTime(file, connections[name] ?? '')
    const goal = name === 'receive-webhook' ? '≤ 50 KB, ≤ 25 ms' : '≤ 600 KB'
    return {
      name,
      value: `${kb.toFixed(0)} KB, ${ms.toFixed(1)} ms`,
      goal,
      how: `median of ${runs} fresh processes, require() alone; an empty handler takes ${floor.toFixed(1)} ms`,
    }
  })
}

function importTime(file: string, connection: string): number {
  const script = `const t = performance.now(); require(${JSON.stringify(file)}); process.stdout.write(String(performance.now() - t)); process.exit(0)`
  const env = { ...environment, CONNECTION: connection, LAMBDA_TASK_ROOT: join(file, '..') }
  const times = Array.from({ length: runs }, () =>
    Number(execFileSync(process.execPath, ['-e', script], { env, encoding: 'utf8' })),
  )
  return median(times)
}

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { build } from 'esbuild'
import type { Figure } from './figure.ts'
import { median, ratioOf, shown } from './statistics.ts'

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
  STOCK_TABLE: 'stock',
  PRIVACY_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/1/privacy',
  LOCATION: 'main',
  LANES: '{}',
  RAW_BUCKET: 'raw',
  BUS_NAME: 'bus',
  INTAKE_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/1/intake',
  LANE_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/1/lane',
}

const connections: Readonly<Record<string, string>> = {
  'perform-effects': 'netsuite/demo-erp',
  'poll-connection': 'shopify/demo-store',
  'compare-listings': 'shopify/demo-store',
  'compare-stock': 'shipbob/demo-wms',
  'publish-listings': 'shopify/demo-store',
}

/** Size and import time of every bundle, beside an empty handler and one that imports everything, in turns. */
export async function coldStarts(root: string): Promise<readonly Figure[]> {
  const bundles = join(root, 'dist', 'demo')
  const names = readdirSync(bundles)
  const folder = mkdtempSync(join(tmpdir(), 'crossdock-'))
  const empty = join(folder, 'empty.cjs')
  writeFileSync(empty, 'exports.handler = async () => {}\n')
  const everything = join(folder, 'everything.cjs')
  await bundleAll(root, { names, file: everything })

  const fileOf = (name: string): string => join(bundles, name, 'index.cjs')
  const times = new Map<string, number[]>()
  for (let run = 0; run < runs; run++) {
    for (const file of [empty, everything, ...names.map(fileOf)]) {
      const ms = importTime(file, connections[basename(dirname(file))] ?? '')
      times.set(file, [...(times.get(file) ?? []), ms])
    }
  }
  const of = (file: string): number[] => times.get(file) ?? []
  const beside = (file: string, other: string): string =>
    shown(ratioOf({ these: of(file), those: of(other) }))
  const kb = (file: string): string => (statSync(file).size / 1000).toFixed(0)
  return names.map((name) => {
    const file = fileOf(name)
    return {
      name,
      value: `${kb(file)} KB, ${median(of(file)).toFixed(1)} ms`,
      goal: name === 'receive-webhook' ? '≤ 50 KB, ≤ 25 ms' : '≤ 900 KB',
      how: `median of ${runs} fresh processes, interleaved, CPU of require() alone; ÷ empty ${beside(file, empty)}; ÷ everything (${kb(everything)} KB, ${median(of(everything)).toFixed(1)} ms) ${beside(file, everything)}`,
    }
  })
}

/** One bundle of every function's logic, every connector and all of `platform/`: what a function of a whole application imports. */
async function bundleAll(
  root: string,
  { names, file: outfile }: { readonly names: readonly string[]; readonly file: string },
): Promise<void> {
  const all = [
    ...names.flatMap((name) =>
      readdirSync(join(root, 'functions', name), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !['handler.ts', 'deps.ts'].includes(file))
        .map((file) => `functions/${name}/${file}`),
    ),
    'connectors/index.ts',
    ...readdirSync(join(root, 'platform'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `platform/${name}`),
  ]
  const imports = all.map((path, i) => `export * as all${i} from './${path}'`)
  await build({
    stdin: { contents: imports.join('\n'), resolveDir: root, loader: 'ts' },
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    minify: true,
    define: { 'import.meta.dirname': '__dirname' },
    logLevel: 'silent',
  })
}

function importTime(file: string, connection: string): number {
  const script = `const t = process.cpuUsage(); require(${JSON.stringify(file)}); const { user, system } = process.cpuUsage(t); process.stdout.write(String((user + system) / 1000)); process.exit(0)`
  const env = { ...environment, CONNECTION: connection, LAMBDA_TASK_ROOT: join(file, '..') }
  return Number(execFileSync(process.execPath, ['-e', script], { env, encoding: 'utf8' }))
}

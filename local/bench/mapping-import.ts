import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { build } from '../build.ts'
import { type Hub, openHub } from '../hub.ts'
import type { Figure } from './figure.ts'

const rows = 100_000

/** Each so many rows one is wrong, because real files are. */
const wrongEach = 1000

/** An import of many cross-references, from the file in the bucket to its result, and the memory it takes. */
export async function mappingImport(root: string): Promise<readonly Figure[]> {
  const hub = await openHub({ root, assembly: await build(root), port: 0, observe: () => {} })
  const { awsUrl: endpoint, region, operator: credentials } = hub.cloud
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true })
  const bucket = nameOf(hub, 'AWS::S3::Bucket', 'Files')
  const bring = async (name: string, count: number): Promise<Summary> => {
    const Body = fileOf(count)
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `imports/${name}`, Body }))
    return resultOf(s3, { Bucket: bucket, Key: `results/${name}.summary.json` })
  }

  await bring('warm-up.csv', 10)
  const began = performance.now()
  const { changed, refused } = await bring('all.csv', rows)
  const seconds = (performance.now() - began) / 1000
  const importer = nameOf(hub, 'AWS::Lambda::Function', 'CrossReferenceFilesImports')
  const memory = Math.max(0, ...(hub.cloud.processes()[importer] ?? []).map(peakOf))
  s3.destroy()
  await hub.close()
  return [
    {
      name: `import of ${rows} cross-references`,
      value: `${seconds.toFixed(1)} s`,
      goal: '≤ 60 s',
      how: `from the file in the bucket to its result; ${changed} taken, ${refused} refused`,
    },
    {
      name: 'memory of the importing function',
      value: `${memory.toFixed(0)} MB`,
      goal: '≤ 300 MB',
      how: 'the most it ever had, from VmHWM in /proc/<pid>/status',
    },
  ]
}

interface Summary {
  readonly changed: number
  readonly refused: number
}

function fileOf(count: number): string {
  const lines = Array.from({ length: count }, (_, i) => {
    const kind = i % wrongEach === wrongEach - 1 ? 'colour' : 'sku'
    return `netsuite/demo-erp,${kind},BENCH-${i},ITEM-${count}-${i},,2026-01-01`
  })
  return ['connection,kind,code,name,quantity,from', ...lines].join('\r\n')
}

async function resultOf(
  s3: S3Client,
  place: { readonly Bucket: string; readonly Key: string },
): Promise<Summary> {
  for (;;) {
    const answer = await s3.send(new GetObjectCommand(place)).catch(() => undefined)
    const text = await answer?.Body?.transformToString()
    if (text !== undefined) return JSON.parse(text)
    await sleep(100)
  }
}

function nameOf(hub: Hub, type: string, id: string): string {
  const found = hub.cloud.resources().find((one) => one.type === type && one.id.startsWith(id))
  if (!found) throw new Error(`the stacks have no ${id}`)
  return found.name
}

/** Megabytes. */
function peakOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1000
}

import { build } from '../local/build.ts'
import { openHub } from '../local/hub.ts'
import { bucketOf, peakOf } from './bucket.ts'
import type { Figure } from './figure.ts'

const rows = 100_000

/** Each so many rows one is wrong, because real files are. */
const wrongEach = 1000

/** An import of many cross-references, from the file in the bucket to its result, and the memory it takes. */
export async function mappingImport(root: string): Promise<readonly Figure[]> {
  const hub = await openHub({ root, assembly: await build(root), port: 0, observe: () => {} })
  const bucket = bucketOf(hub)
  const bring = async (name: string, count: number): Promise<Summary> => {
    await bucket.put(`imports/${name}`, fileOf(count))
    return bucket.result(name)
  }

  await bring('warm-up.csv', 10)
  const began = performance.now()
  const { changed, refused } = await bring('all.csv', rows)
  const seconds = (performance.now() - began) / 1000
  const memory = peakOf(hub, 'CrossReferenceFilesImports')
  bucket.close()
  await hub.close()
  return [
    {
      name: `import of ${rows} cross-references`,
      value: `${seconds.toFixed(1)} s`,
      goal: '≤ 60 s',
      how: `from uploading the file to its result; ${changed} imported, ${refused} rejected`,
    },
    {
      name: 'memory of the importing function',
      value: `${memory.toFixed(0)} MB`,
      goal: '≤ 300 MB',
      how: 'peak, from VmHWM in /proc/<pid>/status',
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

import { build } from '../local/build.ts'
import { openHub } from '../local/hub.ts'
import { bucketOf, peakOf } from './bucket.ts'
import type { Figure } from './figure.ts'

const articles = 100_000

/** Each so many articles one has moved when everything is counted again. */
const movedEach = 1000

/** Everything at a location counted by file, twice, from the file in the bucket to its result, and the memory it takes. */
export async function stockCount(root: string): Promise<readonly Figure[]> {
  const hub = await openHub({ root, assembly: await build(root), port: 0, observe: () => {} })
  const bucket = bucketOf(hub)
  const bring = async (name: string, text: string) => {
    const began = performance.now()
    await bucket.put(name, text)
    const summary = await bucket.result<Summary>(name)
    return { ...summary, seconds: (performance.now() - began) / 1000 }
  }
  await bring('stock/full/warm-up.csv', fileOf(10, 0))
  const first = await bring('stock/full/first.csv', fileOf(articles, 0))
  const second = await bring('stock/full/second.csv', fileOf(articles, 1))
  const memory = peakOf(hub, 'CountingImports')
  bucket.close()
  await hub.close()
  return [
    {
      name: `a count of ${articles} articles`,
      value: `${first.seconds.toFixed(1)} s`,
      goal: '≤ 120 s',
      how: `from uploading the file to its result; ${first.changed} changed`,
    },
    {
      name: 'the same file again',
      value: `${second.seconds.toFixed(1)} s`,
      goal: '≤ 120 s',
      how: `${second.changed} changed, ${second.unchanged} not written`,
    },
    {
      name: 'memory of the counting function',
      value: `${memory.toFixed(0)} MB`,
      goal: '≤ 400 MB',
      how: 'peak, from VmHWM in /proc/<pid>/status',
    },
  ]
}

interface Summary {
  readonly changed: number
  readonly unchanged: number
}

function fileOf(count: number, turn: number): string {
  const lines = Array.from({ length: count }, (_, i) => {
    const moved = i % movedEach === 0 ? turn : 0
    return `main,BENCH-${i},${100 + (i % 7) + moved}`
  })
  return ['location,sku,on-hand', ...lines].join('\r\n')
}

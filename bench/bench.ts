import { join } from 'node:path'
import { build } from '../local/build.ts'
import { availability } from './availability.ts'
import { coldStarts } from './cold-starts.ts'
import { decideCpu } from './decide-cpu.ts'
import type { Figure } from './figure.ts'
import { idle } from './idle.ts'
import { journeys } from './journeys.ts'
import { mappingImport } from './mapping-import.ts'
import { oneArticle } from './one-article.ts'
import { price } from './price.ts'
import { publishLatency } from './publish-latency.ts'
import { readyTime } from './ready-time.ts'
import { redrive } from './redrive.ts'
import { spike } from './spike.ts'
import { stockCount } from './stock-count.ts'
import { transformCpu } from './transform-cpu.ts'

const root = join(import.meta.dirname, '..')

const benches: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  'cold-starts': () => coldStarts(root),
  'transform-cpu': () => transformCpu(),
  'decide-cpu': () => decideCpu(),
  ready: () => readyTime(root),
  journeys: () => journeys(root),
  price: async () => [...idle(root), ...(await price(root))],
  'one-article': () => oneArticle(root),
  availability: () => availability(root),
  'publish-latency': () => publishLatency(root),
  'mapping-import': () => mappingImport(root),
  'stock-count': () => stockCount(root),
  spike: () => spike(root),
  redrive: () => redrive(root),
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !benches[name])
if (unknown.length > 0) {
  process.stderr.write(
    `Unknown benchmark ${unknown.join(', ')}; choose from ${Object.keys(benches).join(', ')}.\n`,
  )
  process.exit(1)
}

await build(root)
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  process.stdout.write(`\n${name}\n`)
  for (const { name: figure, value, goal, how } of await bench()) {
    process.stdout.write(`  ${figure.padEnd(44)} ${value.padStart(16)}   goal ${goal}\n`)
    process.stdout.write(`  ${''.padEnd(44)} ${how}\n`)
  }
}
process.exit(0)

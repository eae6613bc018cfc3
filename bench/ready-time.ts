import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Figure } from './figure.ts'
import { median } from './statistics.ts'

const runs = 5

/** From the command to the line that says it is ready. */
export async function readyTime(root: string): Promise<readonly Figure[]> {
  const times: number[] = []
  for (let i = 0; i < runs; i++) times.push(await startOnce(root))
  return [
    {
      name: 'npm start until ready',
      value: `${(median(times) / 1000).toFixed(2)} s`,
      goal: '≤ 5 s',
      how: `median of ${runs} starts of local/run.mjs, already synthesized, no orders`,
    },
  ]
}

async function startOnce(root: string): Promise<number> {
  const began = performance.now()
  const child = spawn(
    process.execPath,
    ['local/run.mjs', 'start', '--json', '--orders', '0', '--port', '0'],
    { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] },
  )
  await once(child.stdout, 'data')
  const took = performance.now() - began
  child.kill('SIGTERM')
  await once(child, 'exit')
  return took
}

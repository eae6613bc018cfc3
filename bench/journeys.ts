import { readFileSync } from 'node:fs'
import { prove } from '../local/demo/proof.ts'
import type { Figure } from './figure.ts'
import { openJourneys } from './open-journeys.ts'

const warmUp = 50
const orders = 500

/** Whole journeys per second, from the shop's webhook to the shop knowing of every parcel, and what they take. */
export async function journeys(root: string): Promise<readonly Figure[]> {
  const { hub, place, complete } = await openJourneys(root)
  const processes = () => Object.values(hub.cloud.processes()).flat()
  const cpu = () => ({
    host: cpuOf([process.pid]),
    functions: cpuOf(processes()) + cpuOfEnded(),
    engine: cpuOf(hub.cloud.engine()),
  })

  await place(0, warmUp)
  await complete(warmUp)
  const before = cpu()
  const began = performance.now()
  await place(warmUp, orders)
  await complete(warmUp + orders)
  const seconds = (performance.now() - began) / 1000
  const after = cpu()
  const memory = memoryOf([process.pid, ...processes()])
  const proof = prove(await hub.ledger.heads(), hub.twins.all)
  await hub.close()
  const perOrder = (part: keyof typeof before) => (after[part] - before[part]) / orders
  const parts = {
    functions: perOrder('functions'),
    host: perOrder('host'),
    engine: perOrder('engine'),
  }
  return [
    {
      name: 'complete orders per second',
      value: (orders / seconds).toFixed(1),
      goal: '≥ 25',
      how: `${orders} orders placed at once after ${warmUp} to warm up; promises ${proof.ok ? 'held' : 'BROKEN'}`,
    },
    {
      name: 'CPU per order',
      value: `${(parts.functions + parts.host + parts.engine).toFixed(0)} ms`,
      goal: '≤ 80 ms',
      how: Object.entries(parts)
        .map(([part, ms]) => `${part} ${ms.toFixed(0)} ms`)
        .join(', '),
    },
    {
      name: 'memory of host and function processes',
      value: `${(memory / 1000).toFixed(2)} GB`,
      goal: '≤ 1.5 GB',
      how: 'proportional set size at the end, from /proc/<pid>/smaps_rollup',
    },
  ]
}

/** Megabytes of processes, pages that several share counted once. */
function memoryOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + proportional(pid), 0) / 1000
}

function proportional(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0)
}

/** Milliseconds of CPU that processes have used; /proc counts in hundredths of a second. */
function cpuOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + ticks(pid, 11, 12) * 10, 0)
}

/** Milliseconds of CPU that those children of this process used which have ended. */
const cpuOfEnded = (): number => ticks(process.pid, 13, 14) * 10

/** Two numbers of /proc/<pid>/stat, counted from after the name, which may hold blanks. */
function ticks(pid: number, first: number, second: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[first]) + Number(fields[second])
}

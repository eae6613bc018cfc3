import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { statusOf } from '../../domain/order/state.ts'
import { build } from '../build.ts'
import { madeUpOrder } from '../demo/made-up-orders.ts'
import { prove } from '../demo/proof.ts'
import { openHub } from '../hub.ts'
import type { Figure } from './figure.ts'

const warmUp = 50
const orders = 500

/** Whole journeys per second, from the shop's webhook to the shop knowing of every parcel, and the memory it takes. */
export async function journeys(root: string): Promise<readonly Figure[]> {
  let published = 0
  let confirmed = 0
  const hub = await openHub({
    root,
    assembly: await build(root),
    port: 0,
    observe(happening) {
      if (happening.kind !== 'event') return
      if (happening.detailType === 'shipment.published') published++
      if (happening.detailType === 'shipment.confirmed') confirmed++
    },
  })
  const shop = hub.twins.all.find(({ twin }) => twin.takeOrder)?.twin
  const complete = async (n: number): Promise<void> => {
    for (;;) {
      await sleep(100)
      // The ledger is read only when it may be done, because reading it costs what is being measured.
      if (published < confirmed || confirmed < n) continue
      const heads = await hub.ledger.heads()
      if (heads.filter((head) => statusOf(head) === 'complete').length >= n) return
    }
  }
  const place = async (from: number, n: number): Promise<void> => {
    for (let i = from; i < from + n; i++)
      await shop?.takeOrder?.(madeUpOrder(i, 10n ** 18n, new Date()), true)
  }

  await place(0, warmUp)
  await complete(warmUp)
  const began = performance.now()
  await place(warmUp, orders)
  await complete(warmUp + orders)
  const seconds = (performance.now() - began) / 1000
  const memory = memoryOf(Object.values(hub.cloud.processes()).flat())
  const proof = prove(await hub.ledger.heads(), hub.twins.all)
  await hub.close()
  return [
    {
      name: 'whole journeys per second',
      value: (orders / seconds).toFixed(1),
      goal: '≥ 25',
      how: `${orders} orders placed at once after ${warmUp} to warm up; promises ${proof.ok ? 'held' : 'BROKE'}`,
    },
    {
      name: 'memory of host and function processes',
      value: `${(memory / 1000).toFixed(2)} GB`,
      goal: '≤ 1.5 GB',
      how: 'proportional set size at the end, from /proc/<pid>/smaps_rollup',
    },
  ]
}

/** Megabytes of this process and others, pages that several share counted once. */
function memoryOf(pids: readonly number[]): number {
  return [process.pid, ...pids].reduce((sum, pid) => sum + proportional(pid), 0) / 1000
}

function proportional(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0)
}

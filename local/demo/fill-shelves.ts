import { setTimeout as sleep } from 'node:timers/promises'
import type { Hub } from '../hub.ts'
import { runFunction } from '../run-function.ts'
import { skus } from './made-up-orders.ts'

/** More than any demonstration sells. */
const plenty = 1_000_000

/** Tells the warehouses that ship the demo's orders what they have, and has Crossdock ask them, and real ones, as it does every few minutes. */
export async function fillShelves({ twins, cloud, settings }: Hub): Promise<void> {
  const counts = skus.map((sku) => ({ sku, onHand: plenty }))
  for (const [name, { warehouse, count }] of Object.entries(settings.stock?.locations ?? {})) {
    const counter = count?.from ?? warehouse
    const twin = twins.find(counter)?.twin
    const isReal = twins.real.some(({ connection }) => connection.id === counter)
    // A cloud that was started again has its shelves from before.
    const isEmpty = twin?.takeStock !== undefined && twin.state()['inventory']?.length === 0
    if (!count || !(isEmpty || isReal)) continue
    twin?.takeStock?.(JSON.stringify({ counts }))
    await insist(() => runFunction(cloud, `Count${capital(name)}`))
  }
}

/** On a bad day a function is killed now and then. */
async function insist(work: () => Promise<void>, attempts = 5): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt === attempts) throw error
      await sleep(200)
    }
  }
}

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)

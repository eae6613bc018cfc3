import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { badDay, chaos, type Fault } from '../../local/demo/chaos.ts'
import { broken } from './support/audit.ts'
import { open } from './support/open-hub.ts'
import { isComplete } from './support/outside.ts'
import { sold } from './support/sold.ts'

/** Another one for every run, printed when it fails; `CHAOS_SEED=… npm test -- test/e2e/chaos` tells it again. */
const seed = Number(process.env['CHAOS_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
const dataDir = mkdtempSync(join(tmpdir(), 'crossdock-chaos-'))
afterAll(() => rmSync(dataDir, { recursive: true }))

test(`a bad day of everything at once loses nothing, doubles nothing and is right to the cent (seed ${seed})`, async () => {
  const disorder = chaos(seed, { most: 1, odds: { ...badDay, 'cloud restarted': 0 } })
  const hub = await open({ dataDir, faults: disorder, timeScale: 0.25 })
  try {
    disorder.haunt(hub.hub.twins.all)
    const orders = Array.from({ length: 25 }, (_, i) => sold([{ quantity: 1 + (i % 2) }]))
    for (const [i, order] of orders.entries()) {
      await hub.place(order)
      await sleep(50)
      if (i === 12) await hub.hub.restart()
    }
    await hub.until('complete orders', orders, isComplete)
    disorder.end()
    expect(await broken(hub, orders)).toEqual([])
    const struck = new Set<Fault>(disorder.struck().map(([fault]) => fault))
    expect(struck.size).toBeGreaterThan(12)
  } finally {
    await hub.hub.close()
  }
}, 300_000)

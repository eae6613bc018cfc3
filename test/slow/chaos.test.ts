import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { badDay, chaos, type Fault } from '../../local/demo/chaos.ts'
import { prove } from '../../local/demo/proof.ts'
import { runFunction } from '../../local/run-function.ts'
import { broken } from '../e2e/support/audit.ts'
import { open } from '../e2e/support/open-hub.ts'
import { eventually, isComplete, wms } from '../e2e/support/outside.ts'
import { sold } from '../e2e/support/sold.ts'

/** Another one for every run, printed when it fails; `CHAOS_SEED=… npm run test:slow -- chaos` tells it again. */
const seed = Number(process.env['CHAOS_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
const dataDir = mkdtempSync(join(tmpdir(), 'crossdock-chaos-'))
afterAll(() => rmSync(dataDir, { recursive: true }))

const few = 4

test(`a bad day of everything at once loses nothing, doubles nothing, oversells nothing and is right to the cent (seed ${seed})`, async () => {
  const disorder = chaos(seed, { most: 1, odds: { ...badDay, 'cloud restarted': 0 } })
  const hub = await open({ dataDir, faults: disorder, timeScale: 0.25 })
  try {
    const { twins } = hub.hub
    twins.find(wms)?.twin.takeStock?.(JSON.stringify({ counts: [{ sku: 'FEW', onHand: few }] }))
    await eventually('a count of the shelf', () =>
      runFunction(hub.hub.cloud, 'CountMain').then(
        () => ({}),
        (error: Error) => error,
      ),
    )
    disorder.haunt(twins.all)
    const wanted = Array.from({ length: 7 }, () => sold([{ sku: 'FEW' }]))
    const orders = Array.from({ length: 18 }, (_, i) => sold([{ quantity: 1 + (i % 2) }]))
    for (const [i, order] of [...orders.slice(9), ...wanted, ...orders.slice(0, 9)].entries()) {
      await hub.place(order)
      await sleep(50)
      if (i === 12) await hub.hub.restart()
    }
    await hub.until('complete orders', orders, isComplete)
    const decided = await hub.until('those who got one and those who wait', wanted, (state) =>
      state.stock?.short.length === 0 ? isComplete(state) : state.stock !== undefined,
    )
    disorder.end()
    expect(decided.filter(isComplete)).toHaveLength(few)
    expect(prove(await hub.ledger.heads(), twins.all)).toMatchObject({ duplicated: 0, oversold: 0 })
    expect(await broken(hub, orders)).toEqual([])
    const struck = new Set<Fault>(disorder.struck().map(([fault]) => fault))
    expect(struck.size).toBeGreaterThan(12)
  } finally {
    await hub.hub.close()
  }
})

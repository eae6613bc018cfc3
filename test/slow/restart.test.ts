import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { build } from '../../local/build.ts'
import { broken } from '../e2e/support/audit.ts'
import { familyOf, node, survivorsOf } from '../e2e/support/command.ts'
import { open, root } from '../e2e/support/open-hub.ts'
import { isComplete, outsideOf, Ready } from '../e2e/support/outside.ts'
import { type Sold, sold } from '../e2e/support/sold.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'crossdock-data-'))
beforeAll(() => build(root), 120_000)
afterAll(() => rmSync(dataDir, { recursive: true }))

test('what was accepted before a kill is there once after a restart, however often', async () => {
  const orders: Sold[] = []
  for (const milliseconds of [100, 1000]) {
    const host = node('test/e2e/support/host.ts', [dataDir])
    const outside = await outsideOf(Ready.parse(JSON.parse(await host.firstLine)))
    const more = Array.from({ length: 4 }, () => sold([{ quantity: 2 }]))
    await Promise.all(more.map((order) => outside.place(order)))
    orders.push(...more)
    await sleep(milliseconds)

    const family = familyOf(host)
    host.child.kill('SIGKILL')
    await host.ended
    expect(await survivorsOf(family)).toEqual([])
  }

  const hub = await open({ dataDir })
  try {
    await hub.until('complete orders', orders, isComplete)
    expect(await broken(hub, orders)).toEqual([])
  } finally {
    await hub.hub.close()
  }
})

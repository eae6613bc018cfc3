import { setTimeout as sleep } from 'node:timers/promises'
import { madeUpOrder } from '../demo/made-up-orders.ts'
import type { TwinHost } from '../twins/twin-host.ts'
import { openApplication } from './bullmq/application.ts'
import { type Tally, tally } from './bullmq/tally.ts'
import type { Figure } from './figure.ts'
import { openJourneys } from './open-journeys.ts'
import { cpuOf } from './process-cpu.ts'
import { median, ratioOf, shown } from './statistics.ts'

const rounds = 6
const perRound = 20
const killed = 40
const patienceSeconds = 120

/** Something that brings orders from the shop to the warehouse and back. */
interface Contender {
  readonly twins: TwinHost
  /** Milliseconds of CPU, by part; the first is what the vendors' twins have no part in. */
  cpu(): Readonly<Record<string, number>>
  killWorkers(): void
  close(): Promise<void> | void
}

/** The same journeys, on Crossdock and on what one would build with BullMQ, in turns. */
export async function besideBullmq(root: string): Promise<readonly Figure[]> {
  const { hub } = await openJourneys(root)
  const crossdock: Contender = {
    twins: hub.twins,
    cpu: () => ({
      functions: cpuOf(Object.values(hub.cloud.processes()).flat()),
      'laptop’s cloud and twins': cpuOf([process.pid]),
      'DynamoDB engine': cpuOf(hub.cloud.engine()),
    }),
    killWorkers() {
      for (const pid of Object.values(hub.cloud.processes()).flat()) process.kill(pid, 'SIGKILL')
    },
    close: () => hub.close(),
  }
  const application = await openApplication(hub.settings)
  if (!application) {
    await hub.close()
    const how = 'skipped: there is no redis-server here; on Debian, apt-get install redis-server'
    return [{ name: 'beside BullMQ and Redis', value: 'skipped', goal: 'a ratio, watched', how }]
  }
  const bullmq: Contender = {
    ...application,
    cpu: () => ({
      roles: cpuOf(application.pids().roles),
      Redis: cpuOf(application.pids().redis),
    }),
  }

  const these: Spent[] = []
  const those: Spent[] = []
  for (let round = 0; round <= rounds; round++) {
    const ours = await spend(crossdock, perRound)
    const theirs = await spend(bullmq, perRound)
    // The first is to warm up.
    if (round > 0) these.push(ours)
    if (round > 0) those.push(theirs)
  }
  const kills = [await kill(crossdock), await kill(bullmq)] as const
  await crossdock.close()
  await bullmq.close()
  return [
    {
      name: 'CPU per order: functions ÷ BullMQ and Redis',
      value: shown(ratioOf({ these: these.map(({ own }) => own), those: those.map(total) })),
      goal: 'a ratio, watched',
      how: `medians of ${rounds} interleaved rounds of ${perRound} orders, 95 % bootstrap interval, from /proc: ${parts(these)} against ${parts(those)}`,
    },
    ...kills.map(({ sold, complete, doubled, seconds }, i) => ({
      name: `${i === 0 ? 'Crossdock' : 'BullMQ'}: lost and doubled by kill -9`,
      value: `${sold - complete} and ${doubled}`,
      goal: '0 and 0',
      how: `every worker killed once with half of ${killed} orders in the ERP; counted at the twins after ${seconds.toFixed(0)} s`,
    })),
  ]
}

interface Spent {
  readonly own: number
  readonly byPart: Readonly<Record<string, number>>
}

const total = ({ byPart }: Spent): number => Object.values(byPart).reduce((sum, ms) => sum + ms, 0)

const parts = (all: readonly Spent[]): string =>
  Object.keys(all[0]?.byPart ?? {})
    .map((part) => `${part} ${median(all.map(({ byPart }) => byPart[part] ?? 0)).toFixed(0)} ms`)
    .join(', ')

/** Milliseconds of CPU per order until some more orders are complete. */
async function spend(contender: Contender, orders: number): Promise<Spent> {
  const before = contender.cpu()
  await bring(contender, orders)
  const byPart = Object.fromEntries(
    Object.entries(contender.cpu()).map(([part, ms]) => [
      part,
      (ms - (before[part] ?? 0)) / orders,
    ]),
  )
  return { own: Object.values(byPart)[0] ?? 0, byPart }
}

interface Kill extends Tally {
  readonly seconds: number
}

async function kill(contender: Contender): Promise<Kill> {
  const began = performance.now()
  const half = tally(contender.twins).posted + killed / 2
  await bring(contender, killed, ({ posted }) => (posted >= half ? contender.killWorkers() : false))
  return { ...tally(contender.twins), seconds: (performance.now() - began) / 1000 }
}

/** Sells some orders and waits for their end; `at` is asked again and again until it says that it was there. */
async function bring(
  { twins }: Contender,
  orders: number,
  at: (tally: Tally) => unknown = () => true,
): Promise<void> {
  const shop = twins.all.find(({ twin }) => twin.takeOrder)?.twin
  const { sold } = tally(twins)
  for (let i = sold; i < sold + orders; i++)
    await shop?.takeOrder?.(madeUpOrder(i, 10n ** 18n, new Date()), true)
  const until = performance.now() + patienceSeconds * 1000
  let reached = false
  while (performance.now() < until) {
    await sleep(reached ? 250 : 20)
    const now = tally(twins)
    reached ||= at(now) !== false
    if (now.complete >= sold + orders) break
  }
  // What a shop's last message of an order still causes belongs to the order.
  await sleep(1500)
}

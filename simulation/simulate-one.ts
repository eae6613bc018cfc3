import type { OrderState } from '../schemas/stored/order-state.ts'
import { judges, waitsForNobody } from './judge.ts'
import { isStockCalm } from './judge-stock.ts'
import { day, openRun, type Run, type RunOptions, start } from './run.ts'
import type { Breach } from './witness.ts'

/** One seed from its first order until all is calm, and what it broke. */
export interface Simulated {
  readonly run: Run
  readonly breaches: readonly Breach[]
}

const hour = 3_600_000

/** Hours in which shelves are counted and shops compared, whatever went wrong before. */
const restless = 6

/** Days after the last order by which everything has to be over. */
const patience = 9

/** Lets a seed live, with faults while orders come in and for a while longer, then without, and judges it. */
export async function simulate(options: RunOptions): Promise<Simulated> {
  const run = openRun(options)
  const { time, faults, witness } = run
  const end = start + options.days * day
  const isOver = (): boolean => options.ends?.(run) ?? false
  try {
    while (time.now() < end + Math.min(6 * hour, options.days * day)) {
      await time.runUntil(time.now() + hour)
      if (isOver()) return { run, breaches: witness.breaches }
    }
    faults.end()
    await untilCalm(run, end + patience * day, isOver)
    if (isOver()) return { run, breaches: witness.breaches }
    await replay(run)
  } catch (error) {
    witness.breach('it goes on', error instanceof Error ? error.message : String(error))
  }
  return { run, breaches: [...witness.breaches, ...judges.flatMap((judge) => judge(run))] }
}

/** Dead letters are redriven once the trouble is over, as an operator would. */
async function untilCalm(run: Run, latest: number, isOver: () => boolean): Promise<void> {
  const { time, cloud, witness, plans, goods } = run
  let calm = 0
  while (time.now() < latest && !isOver()) {
    for (const queue of cloud.queues.values()) queue.deadLetters?.redrive(queue)
    await time.runUntil(time.now() + hour)
    const heads = [...witness.heads.values()]
    const isWhole = plans.every((plan) => witness.heads.has(plan.order))
    const waits = heads.some((head) => isUnderWay(head) || !waitsForNobody(head))
    if (!isWhole || waits || cloud.busy() > 0 || time.now() < goods.until) continue
    calm += 1
    if (isStockCalm(run) || calm > restless) return
  }
}

const open: ReadonlySet<string> = new Set(['pending', 'sent', 'doubt'])

const isUnderWay = ({ intents, lines }: OrderState): boolean =>
  Object.values(intents).some(({ state }) => open.has(state)) ||
  lines.some(({ released, shipped, cancelled }) => released > shipped + cancelled)

/** Says everything once more that was ever said inside: nothing may come of it. */
async function replay(run: Run): Promise<void> {
  const { cloud, witness, time } = run
  const before = picture(run)
  for (const { queue, body, group } of [...witness.sent]) {
    cloud.queues.get(queue)?.send(body, { group })
  }
  await time.runUntil(time.now() + 2 * hour)
  for (const [name, text] of picture(run)) {
    if (before.get(name) === text) continue
    witness.breach('replay is safe', `${name} is another after everything was said once more`)
  }
}

/** What every system holds, as text. */
const picture = ({ vendors }: Run): ReadonlyMap<string, string> =>
  new Map(vendors.map(({ connection, twin }) => [connection.id, JSON.stringify(twin.state())]))

import { judges } from '../simulation/judge.ts'
import type { Patch } from '../simulation/program.ts'
import { start } from '../simulation/run.ts'
import type { Figure } from './figure.ts'
import {
  busy,
  deadLetters,
  type Hours,
  minute,
  opened,
  p99,
  quiet,
  seconds,
  waits,
} from './virtual-hours.ts'

const [dying, healed, last] = [30, 50, 80]
const perMinute = 6

/** For twenty minutes every worker fails after its system has answered and before the ledger knows. */
const forgetful: Patch = {
  file: 'domain/effects/perform.ts',
  find: '  const left = await passage.leave(',
  replace: `  const moment = deps.clock().getTime()
  if (moment >= ${start + dying * minute} && moment < ${start + healed * minute}) throw new Error('what was answered is lost')
  const left = await passage.leave(`,
}

/** Ten thousand dead letters come back at once, while people go on buying. */
export async function redrive(root: string, letters = 10_000): Promise<readonly Figure[]> {
  const hours = await opened(root, { patches: [forgetful] }, [
    { shop: busy, from: 0, to: last, perMinute },
    { shop: quiet, from: 0, to: last, perMinute },
  ])
  const { time, witness } = hours
  await time.runUntil(start + healed * minute)
  const unknown = [...witness.heads.values()].flatMap(({ intents }) =>
    Object.values(intents).filter(({ state }) => state === 'sent'),
  )
  await sayAgain(hours, letters - deadLetters(hours))
  const moved = redriveAll(hours)
  await time.runUntil(start + last * minute)
  // What had failed often just before comes to the dead letters only now.
  const late = redriveAll(hours)
  await time.runUntil(start + (last + 240) * minute)

  const breaches = [...witness.breaches, ...judges.flatMap((judge) => judge(hours))]
  const twice = breaches.filter(({ promise }) => promise === 'at most one effect')
  const limbo = breaches.filter(({ promise }) => promise === 'nothing in limbo')
  const others = breaches.filter((breach) => !twice.includes(breach) && !limbo.includes(breach))
  const usually = p99(waits(hours, { shop: busy, from: 0, to: dying }))
  const meanwhile = p99(waits(hours, { shop: busy, from: healed, to: last }))
  return [
    {
      name: 'duplicate effects',
      value: String(twice.length),
      goal: '0',
      how: `${moved + late} messages redriven with new ids, during ${2 * perMinute} orders a minute; ${unknown.length} effects were done but not recorded`,
    },
    {
      name: 'stuck orders',
      value: String(limbo.length),
      goal: '0',
      how: 'checked as in the simulation, four hours later',
    },
    {
      name: 'other broken promises',
      value: String(others.length),
      goal: '0',
      how: others[0]?.what ?? 'all that the simulation checks',
    },
    {
      name: 'p99 from shop to ERP ÷ its usual',
      value: (meanwhile / usually).toFixed(2),
      goal: 'printed',
      how: `${seconds(meanwhile)} during the redrive, ${seconds(usually)} before`,
    },
    {
      name: 'dead letters left',
      value: String(deadLetters(hours)),
      goal: '0',
      how: 'in all queues',
    },
  ]
}

/** Whatever was said inside so far lies with the dead letters. */
async function sayAgain({ cloud, time, witness }: Hours, letters: number): Promise<void> {
  const old = [...witness.sent]
  for (let i = 0; i < letters; i++) {
    const { queue, body, group } = old[i % old.length] ?? { queue: '', body: '', group: undefined }
    cloud.queues.get(queue)?.deadLetters?.send(body, { group })
  }
  await time.runUntil(time.now() + 1000)
}

const redriveAll = ({ cloud }: Hours): number =>
  [...cloud.queues.values()].reduce(
    (sum, queue) => sum + (queue.deadLetters?.redrive(queue) ?? 0),
    0,
  )

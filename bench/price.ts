import { setTimeout as sleep } from 'node:timers/promises'
import { type Charge, charges, type Usage } from '../local/cloud/meter.ts'
import { dollarsPerMillion, elsewhere, priceList, type Service } from '../local/demo/price-list.ts'
import type { Figure } from './figure.ts'
import { openJourneys } from './open-journeys.ts'

const warmUp = 20
const orders = 100
/** Orders a second: a busy day of a large shop, and what the laptop does without queueing. */
const rate = 5

/** Which made-up orders: all kinds, or every third, which is of one unit and so leaves in one parcel. */
const kinds = [
  { name: 'orders', type: 'demo orders, 1.7 parcels and 4.3 webhooks each', step: 1 },
  { name: 'orders of one parcel', type: 'one unit, one parcel and three webhooks each', step: 3 },
] as const

/** What AWS would bill for a million whole journeys, counted at the gateway over some. */
export async function price(root: string): Promise<readonly Figure[]> {
  const { hub, place, complete } = await openJourneys(root)
  await place(0, warmUp)
  await complete(warmUp)
  const figures: Figure[] = []
  let placed = warmUp
  for (const kind of kinds) {
    const before = hub.cloud.usage()
    // The next number whose orders are of this kind only, whatever came before.
    const from = Math.ceil((warmUp + orders * placed) / 3) * 3
    for (let i = 0; i < orders; i++) {
      await Promise.all([place(from + i * kind.step, 1), sleep(1000 / rate)])
    }
    placed += orders
    await complete(placed)
    figures.push(...figuresOf(kind, difference(hub.cloud.usage(), before)))
  }
  await hub.close()
  return figures
}

function figuresOf({ name, type }: (typeof kinds)[number], used: Usage): readonly Figure[] {
  const services = dollarsPerMillion(used, orders)
  const total = services.reduce((sum, [, dollars]) => sum + dollars, 0)
  return [
    {
      name: `dollars per million ${name}`,
      value: total.toFixed(2),
      goal: '≤ 34',
      how: `${orders} at ${rate} a second, ${type}, counted at the gateway; naive ${elsewhere.naive}, Step Functions ${elsewhere.stepFunctions}`,
    },
    ...services.map(([service, dollars]) => ({
      name: `of this, ${service}`,
      value: dollars.toFixed(2),
      goal: 'none',
      how: unitsOf(service, used),
    })),
  ]
}

const unitsOf = (service: Service, used: Usage): string =>
  charges
    .filter((charge) => priceList[charge].service === service)
    .map((charge) => `${(used[charge] / orders).toFixed(2)} ${charge.replace('-', ' ')} per order`)
    .join(', ')

function difference(after: Usage, before: Usage): Usage {
  const left = (charge: Charge) => [charge, after[charge] - before[charge]]
  // Made of all charges.
  return Object.fromEntries(charges.map(left)) as unknown as Usage
}

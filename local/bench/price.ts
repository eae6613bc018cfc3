import { setTimeout as sleep } from 'node:timers/promises'
import { type Charge, charges, type Usage } from '../cloud/meter.ts'
import { dollarsPerMillion, elsewhere, priceList, type Service } from '../demo/price-list.ts'
import type { Figure } from './figure.ts'
import { openJourneys } from './open-journeys.ts'

const warmUp = 20
const orders = 150
/** Orders a second: a busy day of a large shop, and what the laptop does without queueing. */
const rate = 5

/** What AWS would bill for a million whole journeys, counted at the gateway over some. */
export async function price(root: string): Promise<readonly Figure[]> {
  const { hub, place, complete } = await openJourneys(root)
  await place(0, warmUp)
  await complete(warmUp)
  const before = hub.cloud.usage()
  for (let i = 0; i < orders; i++) {
    await Promise.all([place(warmUp + i, 1), sleep(1000 / rate)])
  }
  await complete(warmUp + orders)
  const used = difference(hub.cloud.usage(), before)
  await hub.close()

  const services = dollarsPerMillion(used, orders)
  const total = services.reduce((sum, [, dollars]) => sum + dollars, 0)
  return [
    {
      name: 'dollars per million orders',
      value: total.toFixed(2),
      goal: '≤ 34',
      how: `${orders} orders at ${rate} a second, counted at the gateway; naive ${elsewhere.naive}, Step Functions ${elsewhere.stepFunctions}`,
    },
    ...services.map(([service, dollars]) => ({
      name: `of these ${service}`,
      value: dollars.toFixed(2),
      goal: 'none',
      how: unitsOf(service, used),
    })),
  ]
}

const unitsOf = (service: Service, used: Usage): string =>
  charges
    .filter((charge) => priceList[charge].service === service)
    .map((charge) => `${(used[charge] / orders).toFixed(2)} ${charge.replace('-', ' ')} an order`)
    .join(', ')

function difference(after: Usage, before: Usage): Usage {
  const left = (charge: Charge) => [charge, after[charge] - before[charge]]
  // Made of all charges.
  return Object.fromEntries(charges.map(left)) as unknown as Usage
}

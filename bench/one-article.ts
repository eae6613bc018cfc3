import { AwsClient } from 'aws4fetch'
import { madeUpOrder } from '../local/demo/made-up-orders.ts'
import { readyLine } from '../local/ready.ts'
import type { OrderState } from '../schemas/stored/order-state.ts'
import type { Figure } from './figure.ts'
import { openJourneys } from './open-journeys.ts'

const sku = 'HOT-1'
const orders = 200
const units = 100

/** Two hundred orders at once for a hundred units of one article, from the shop's webhook to the ledger's decision. */
export async function oneArticle(root: string): Promise<readonly Figure[]> {
  const { hub } = await openJourneys(root)
  const { api } = readyLine(hub)
  const { operator, region } = hub.cloud
  const client = new AwsClient({ ...operator, region, service: 'execute-api', retries: 0 })
  const counted = await client.fetch(`${api.url}/stock/counts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': sku },
    body: JSON.stringify({
      location: 'main',
      at: new Date().toISOString(),
      counts: [{ sku, onHand: units }],
    }),
  })
  if (!counted.ok) throw new Error(`the count request answered ${counted.status}`)

  const shop = hub.twins.all.find(({ twin }) => twin.takeOrder)?.twin
  const began = performance.now()
  await Promise.all(Array.from({ length: orders }, (_, i) => shop?.takeOrder?.(orderFor(i), true)))
  const heads = await decided(() => hub.ledger.heads())
  const seconds = (performance.now() - began) / 1000
  await hub.close()
  const served = heads.filter(({ stock }) => stock?.short.length === 0).length
  return [
    {
      name: 'units oversold',
      value: String(Math.max(0, served - units)),
      goal: '0',
      how: `${orders} orders at once for ${units} units of one article`,
    },
    {
      name: 'orders refused although stock was available',
      value: String(Math.max(0, units - served)),
      goal: '0',
      how: `${served} orders got stock, ${orders - served} wait`,
    },
    {
      name: 'orders decided per second',
      value: (orders / seconds).toFixed(1),
      goal: 'printed',
      how: 'from the webhooks to the last decision in the ledger, while their effects run',
    },
  ]
}

/** Every third made-up order is for one unit of one article. */
const orderFor = (i: number): string =>
  madeUpOrder(i * 3, 2n * 10n ** 18n, new Date()).replace(/"sku":"[^"]*"/, `"sku":"${sku}"`)

async function decided(heads: () => Promise<readonly OrderState[]>) {
  for (;;) {
    const known = (await heads()).filter(({ stock }) => stock)
    if (known.length >= orders) return known
  }
}

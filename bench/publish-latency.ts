import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { AwsClient } from 'aws4fetch'
import { readyLine } from '../local/ready.ts'
import { runFunction } from '../local/run-function.ts'
import type { Figure } from './figure.ts'
import { openJourneys } from './open-journeys.ts'

const perSecond = 10
const seconds = 20
const warmUp = 20
const units = 100

/** From a sale at a till to the shop showing what is left, while orders keep coming. */
export async function publishLatency(root: string): Promise<readonly Figure[]> {
  const { hub } = await openJourneys(root)
  const { api } = readyLine(hub)
  const { operator, region } = hub.cloud
  const client = new AwsClient({ ...operator, region, service: 'execute-api', retries: 0 })
  const shop = hub.twins.all.find(({ connection }) => connection.connector === 'shopify')?.twin
  const post = async (path: string, body: unknown): Promise<void> => {
    const answer = await client.fetch(`${api.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
  }
  const skus = Array.from({ length: warmUp + perSecond * seconds }, (_, i) => `LAT-${i}`)
  const counts = skus.map((sku) => ({ sku, onHand: units }))
  await post('/stock/counts', { location: 'main', at: new Date().toISOString(), counts })
  shop?.takeStock?.(JSON.stringify({ counts }))
  await runFunction(hub.cloud, 'ListingsCompare')

  const soldAt = new Map<string, number>()
  const took = new Map<string, number>()
  const watch = () => {
    for (const { sku, available } of (shop?.state()['inventory'] ?? []) as readonly Item[]) {
      const since = soldAt.get(sku)
      if (available !== units && since !== undefined && !took.has(sku)) {
        took.set(sku, performance.now() - since)
      }
    }
  }
  const watching = setInterval(watch, 20)
  const sell = async (sku: string): Promise<void> => {
    soldAt.set(sku, performance.now())
    await post('/channels/order-api/point-of-sale/orders', orderOf(sku))
  }
  const all = async (n: number) => {
    for (let waited = 0; took.size < n && waited < 60_000; waited += 50) await sleep(50)
  }
  await Promise.all(skus.slice(0, warmUp).map(sell))
  await all(warmUp)

  const rest = skus.slice(warmUp)
  const began = performance.now()
  const selling = rest.map(async (sku, i) => {
    await sleep(Math.max(0, (i * 1000) / perSecond - (performance.now() - began)))
    return sell(sku)
  })
  await Promise.all(selling)
  await all(skus.length)
  clearInterval(watching)
  await hub.close()
  const sorted = rest.map((sku) => took.get(sku) ?? 60_000).toSorted((a, b) => a - b)
  const at = (share: number) =>
    ((sorted[Math.ceil(sorted.length * share) - 1] ?? 0) / 1000).toFixed(2)
  return [
    {
      name: 'from a sale to the new quantity on another channel, p95',
      value: `${at(0.95)} s`,
      goal: '≤ 3 s',
      how: `${rest.length} orders at ${perSecond}/s, each of another article; p50 ${at(0.5)} s, slowest ${at(1)} s`,
    },
  ]
}

interface Item {
  readonly sku: string
  readonly available: number
}

function orderOf(sku: string) {
  const now = new Date().toISOString()
  return {
    id: `R-${randomUUID()}`,
    placedAt: now,
    updatedAt: now,
    currency: 'USD',
    taxesIncluded: false,
    payment: 'paid',
    lines: [{ id: '1', sku, title: sku, quantity: 1, unitPrice: '12.50' }],
    total: '12.50',
    people: {
      shipTo: {
        name: 'A. Recipient',
        address1: 'Street 1',
        city: 'Springfield',
        provinceCode: 'IL',
        postalCode: '62701',
        countryCode: 'US',
      },
    },
  }
}

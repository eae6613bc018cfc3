import { randomUUID } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { BatchGetCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { AwsClient } from 'aws4fetch'
import type { Hub } from '../local/hub.ts'
import { readyLine } from '../local/ready.ts'
import { runFunction } from '../local/run-function.ts'
import type { Figure } from './figure.ts'
import { openJourneys } from './open-journeys.ts'
import { ratioOf, shown } from './statistics.ts'

const shop = 'shopify/demo-store'
const many = 500
const rounds = 300
const warmUp = 30

const skus = Array.from({ length: many }, (_, i) => `A-${i}`)

/** How long one call says what a channel may sell, beside the same door saying nothing and beside reading the same items without it. */
export async function availability(root: string): Promise<readonly Figure[]> {
  const { hub } = await openJourneys(root)
  const { api } = readyLine(hub)
  const { operator, region } = hub.cloud
  const client = new AwsClient({ ...operator, region, service: 'execute-api', retries: 0 })
  await fill(hub, client)
  const ask =
    (path: string, status = 200) =>
    async () => {
      const answer = await client.fetch(`${api.url}${path}`)
      const text = await answer.text()
      if (answer.status !== status) throw new Error(`${path} answered ${answer.status}: ${text}`)
    }
  const of = (some: readonly string[]) =>
    ask(
      `/availability?channel=${encodeURIComponent(shop)}${some.map((sku) => `&sku=${sku}`).join('')}`,
    )
  const ways = {
    one: of(skus.slice(0, 1)),
    all: of(skus),
    nothing: ask('/nothing', 404),
    readOne: reading(hub, skus.slice(0, 1)),
    readAll: reading(hub, skus),
  }
  const took = await inTurns(ways)
  await hub.close()
  return [
    figureOf('availability of one SKU', took.one, { beside: took.readOne, door: took.nothing }),
    figureOf(`availability of ${many} SKUs`, took.all, {
      beside: took.readAll,
      door: took.nothing,
    }),
  ]
}

/** So many listings, each with a number. */
async function fill(hub: Hub, client: AwsClient): Promise<void> {
  const counts = skus.map((sku) => ({ sku, onHand: 10 }))
  const counted = await client.fetch(`${readyLine(hub).api.url}/stock/counts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify({ location: 'main', at: new Date().toISOString(), counts }),
  })
  if (!counted.ok) throw new Error(`the count request answered ${counted.status}`)
  hub.twins.all
    .find(({ connection }) => connection.id === shop)
    ?.twin.takeStock?.(JSON.stringify({ counts }))
  await runFunction(hub.cloud, 'ListingsCompare')
}

/** The same items by themselves, a hundred a request, all at one time, by the client and the gateway that functions use. */
function reading(hub: Hub, some: readonly string[]): () => Promise<void> {
  const { awsUrl, operator, region, resources } = hub.cloud
  const table = resources().find(({ id }) => id.startsWith('StockTable'))?.name ?? ''
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint: awsUrl, region, credentials: operator }),
  )
  const keys = some.map((sku) => ({ pk: `listing#${shop}#${sku}`, sk: 'listing' }))
  const parts = Array.from({ length: Math.ceil(keys.length / 100) }, (_, i) =>
    keys.slice(i * 100, i * 100 + 100),
  )
  return async () => {
    const found = await Promise.all(
      parts.map((Keys) =>
        client.send(new BatchGetCommand({ RequestItems: { [table]: { Keys } } })),
      ),
    )
    const items = found.flatMap(({ Responses = {} }) => Responses[table] ?? [])
    if (items.length !== some.length)
      throw new Error(`only ${items.length} of ${some.length} were read`)
  }
}

/** Milliseconds of each way, round by round, so that what else the machine did meets all of them. */
async function inTurns<W extends string>(
  ways: Readonly<Record<W, () => Promise<void>>>,
): Promise<Readonly<Record<W, readonly number[]>>> {
  // The keys of the record are its own, which `Object.keys` forgets.
  const names = Object.keys(ways) as W[]
  const took = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<
    W,
    number[]
  >
  for (let round = -warmUp; round < rounds; round++) {
    for (const name of names) {
      const began = performance.now()
      await ways[name]()
      if (round >= 0) took[name].push(performance.now() - began)
    }
  }
  return took
}

const at = (numbers: readonly number[], share: number): number =>
  numbers.toSorted((a, b) => a - b)[Math.ceil(numbers.length * share) - 1] ?? Number.NaN

interface Others {
  readonly beside: readonly number[]
  readonly door: readonly number[]
}

function figureOf(name: string, took: readonly number[], { beside, door }: Others): Figure {
  const p99 = (numbers: readonly number[]) => at(numbers, 0.99)
  return {
    name: `${name}, p99 ÷ BatchGet of the same items`,
    value: (p99(took) / p99(beside)).toFixed(2),
    goal: 'printed',
    how: `${rounds} interleaved rounds; p99 ${p99(took).toFixed(1)} ms, p50 ${at(took, 0.5).toFixed(1)} ms; p99 ÷ an empty answer of the same API ${(p99(took) / p99(door)).toFixed(2)}; medians ÷ BatchGet ${shown(ratioOf({ these: took, those: beside }))}, ÷ the empty answer ${shown(ratioOf({ these: took, those: door }))}`,
  }
}

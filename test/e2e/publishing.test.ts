import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { z } from 'zod'
import { runFunction } from '../../local/run-function.ts'
import { type Api, apiOf } from './support/api.ts'
import { type OpenedHub, open } from './support/open-hub.ts'
import { eventually, operator, shop, wms } from './support/outside.ts'
import { sold } from './support/sold.ts'
import { submitted } from './support/submitted.ts'

const orders = '/channels/order-api/point-of-sale/orders'

let hub: OpenedHub
let api: Api
beforeAll(async () => {
  hub = await open()
  api = apiOf(hub.ready)
})
afterAll(() => hub.hub.close())

const Availability = z.object({
  articles: z.array(z.object({ available: z.int().optional(), why: z.string() })),
})

const Item = z.object({ sku: z.string(), available: z.int() })

/** How many the shop shows of each. */
async function shown(): Promise<Readonly<Record<string, number>>> {
  const items = await hub.documents(shop, 'inventory', Item)
  return Object.fromEntries(items.map(({ sku, available }) => [sku, available]))
}

const shows = (sku: string, units: number) =>
  eventually(`the shop to show ${units} of ${sku}`, async () => {
    const now = (await shown())[sku]
    return now === units ? {} : Error(`it shows ${now}`)
  })

async function count(units: Readonly<Record<string, number>>): Promise<void> {
  const counts = Object.entries(units).map(([sku, onHand]) => ({ sku, onHand }))
  const at = new Date().toISOString()
  expect((await api.post('/stock/counts', { location: 'main', at, counts })).status).toBe(200)
}

/** The shop sells these, and shows so many of each by itself. */
async function sells(units: Readonly<Record<string, number>>): Promise<void> {
  const counts = Object.entries(units).map(([sku, onHand]) => ({ sku, onHand }))
  const stock = `${hub.ready.twins[shop]}/_twin/stock`
  expect((await fetch(stock, { method: 'POST', body: JSON.stringify({ counts }) })).ok).toBe(true)
}

async function putFile(Key: string, Body: string): Promise<void> {
  const { awsUrl: endpoint, region, resources } = hub.hub.cloud
  const s3 = new S3Client({ endpoint, region, credentials: operator, forcePathStyle: true })
  const bucket = resources().find(({ type, id }) => type === 'AWS::S3::Bucket' && /^Files/.test(id))
  await s3.send(new PutObjectCommand({ Bucket: bucket?.name, Key, Body }))
  s3.destroy()
}

const compare = () => runFunction(hub.hub.cloud, 'ListingsCompare')

test('a shop shows what may be sold, from its first comparison on, whoever sells', async () => {
  await count({ 'PUB-1': 10, 'PUB-2': 5 })
  await sells({ 'PUB-1': 3, 'PUB-2': 5, 'NOT-COUNTED': 7 })
  await compare()
  await shows('PUB-1', 10)
  expect(await shown()).toMatchObject({ 'PUB-2': 5, 'NOT-COUNTED': 7 })

  const lines = [{ id: '1', sku: 'PUB-1', title: 'Mug', quantity: 2, unitPrice: '12.50' }]
  const { body } = submitted({ lines })
  expect((await api.post(orders, body)).status).toBeLessThan(300)
  await shows('PUB-1', 8)

  // Its own sale it subtracts by itself, and is not told of it.
  await hub.place(sold([{ sku: 'PUB-1', quantity: 1 }]))
  await shows('PUB-1', 7)
  await count({ 'PUB-2': 0 })
  await shows('PUB-2', 0)
  expect((await shown())['PUB-1']).toBe(7)

  await eventually('the answer to say 7, and why', async () => {
    const { body: said } = await api.get(`/availability?channel=${shop}&sku=PUB-1`)
    const [article] = Availability.parse(said).articles
    return article?.available === 7 && /^on hand \d+.* → 7$/.test(article.why)
      ? article
      : Error(JSON.stringify(article))
  })
})

test('a shop shows what it sells and nobody knew of, within seconds of its first count or name, and of what it sells later when terms are given', async () => {
  await sells({ 'NEW-1': 3, 'NEW-2': 4 })
  await count({ 'NEW-1': 12, 'W-NEW-2': 6, 'NEW-3': 9 })
  await shows('NEW-1', 12)
  expect(await shown()).toMatchObject({ 'NEW-2': 4 })

  const names = `connection,kind,code,name,quantity,from\n${wms},sku,NEW-2,W-NEW-2,,`
  await putFile('imports/new.csv', names)
  await shows('NEW-2', 6)

  const set = { channel: shop, listings: [{ sku: 'NEW-3', terms: { buffer: 2 } }] }
  expect((await api.post('/listings/terms', set)).status).toBe(400)
  await sells({ 'NEW-3': 1 })
  await eventually('the terms to be taken', async () => {
    const { status } = await api.post('/listings/terms', set)
    return status === 200 ? {} : Error(`it answers ${status}`)
  })
  await shows('NEW-3', 7)
})

test('terms that a person gives a listing reach the shop, and the answer says whose they are', async () => {
  await count({ 'TERMS-1': 10 })
  await sells({ 'TERMS-1': 10 })
  await compare()
  const listings = [{ sku: 'TERMS-1', terms: { buffer: 3, maximum: 5 } }]
  const set = { channel: shop, listings }
  expect(await api.post('/listings/terms', set)).toMatchObject({ body: { changed: 1 } })
  await shows('TERMS-1', 5)
  const { body: said } = await api.get(`/availability?channel=${shop}&sku=TERMS-1`)
  expect(Availability.parse(said).articles[0]?.why).toBe(
    'on hand 10, buffer 3 (set for this listing), maximum 2 (set for this listing) → 5',
  )
  const { body: terms } = await api.get(`/listings/terms?channel=${shop}&sku=TERMS-1`)
  expect(terms).toMatchObject({
    own: { buffer: 3, maximum: 5 },
    changes: [{ by: expect.any(String) }],
  })
})

test('a quantity changed at the shop is corrected by the next comparison, and counted', async () => {
  await count({ 'DRIFT-1': 10 })
  await sells({ 'DRIFT-1': 10 })
  await compare()
  await sells({ 'DRIFT-1': 99 })
  await compare()
  await shows('DRIFT-1', 10)
  const drifts = hub.hub.cloud.metrics().filter(({ name }) => name === 'ListingsDrifted')
  expect(
    drifts.some(({ values, dimensions }) => values[0] === 1 && dimensions['Kind'] === 'foreign'),
  ).toBe(true)
})

test('nothing of it was denied, given up on or in trouble', () => {
  const bad = hub.happenings.filter(({ kind }) =>
    ['denied', 'dead-letter', 'trouble'].includes(kind),
  )
  expect(bad).toEqual([])
})

import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { AwsClient } from 'aws4fetch'
import { z } from 'zod'
import { runFunction } from '../../local/run-function.ts'
import { StockView } from '../../schemas/api/stock.ts'
import { type Api, apiOf } from './support/api.ts'
import { type OpenedHub, open } from './support/open-hub.ts'
import { eventually, isComplete, operator, wms } from './support/outside.ts'
import { sold } from './support/sold.ts'

let hub: OpenedHub
let api: Api
let s3: S3Client
let bucket: string
beforeAll(async () => {
  hub = await open()
  api = apiOf(hub.ready)
  const { awsUrl: endpoint, region } = hub.hub.cloud
  s3 = new S3Client({ endpoint, region, credentials: operator, forcePathStyle: true })
  const found = hub.hub.cloud
    .resources()
    .find(({ type, id }) => type === 'AWS::S3::Bucket' && id.startsWith('Files'))
  bucket = found?.name ?? ''
})
afterAll(async () => {
  s3.destroy()
  await hub.hub.close()
})

test.each(['', '\uFEFF', 'location,sku,on-hand\n'])(
  'a file with %j is taken, and its result says what it lacks',
  async (Body) => {
    const Key = `stock/without-rows-${Body.length}.csv`
    // As curl and the command line send it: the SDK puts a checksum into a body that has none.
    const signer = new AwsClient({ ...operator, service: 's3', region: 'us-east-1', retries: 0 })
    const put = { method: 'PUT', ...(Body !== '' && { body: Body }) }
    const { status } = await signer.fetch(`${hub.ready.aws}/${bucket}/${Key}`, put)
    expect(status).toBe(200)
    const errors = { Bucket: bucket, Key: `results/${Key}.errors.csv` }
    const said = await eventually('a result', async () => {
      const found = await s3.send(new GetObjectCommand(errors)).catch(() => undefined)
      return found?.Body && { text: await found.Body.transformToString() }
    })
    expect(said.text).toMatch(/the file (is empty|has no rows below its first line)/)
  },
)

test('the warehouse is asked, its parcels lower both, and in the end both have the same', async () => {
  const twin = hub.hub.twins.find(wms)?.twin
  const counts = [
    { sku: 'CUP-1', onHand: 50 },
    { sku: 'CUP-2', onHand: 8 },
  ]
  twin?.takeStock?.(JSON.stringify({ counts }))
  await compare()
  expect(await placeOf('CUP-1')).toMatchObject({ onHand: 50, reserved: 0 })

  const orders = [
    sold([{ sku: 'CUP-1', quantity: 3 }]),
    sold([
      { sku: 'CUP-1', quantity: 2 },
      { sku: 'CUP-2', quantity: 5 },
    ]),
  ]
  for (const order of orders) await hub.place(order)
  await hub.until('complete orders', orders, isComplete)
  await eventually('the ledger and the warehouse to agree', async () => {
    const known = [await placeOf('CUP-1'), await placeOf('CUP-2')]
    const there = await shelves()
    const agree = known.every(({ onHand, reserved }, i) => onHand === there[i] && reserved === 0)
    return agree ? known : Error(JSON.stringify({ known, there }))
  })
  expect(await shelves()).toEqual([45, 3])

  // Nobody tells of what is taken by other hands, until somebody counts.
  twin?.takeStock?.(JSON.stringify({ counts: [{ sku: 'CUP-1', onHand: 40 }] }))
  await compare()
  expect(await placeOf('CUP-1')).toMatchObject({ onHand: 40 })
})

test('a file of counts is applied, and its bad rows are named', async () => {
  const rows = ['location,sku,on-hand,taken-at', 'main,FILE-1,12,', 'main,FILE-2,a dozen,']
  await s3.send(
    new PutObjectCommand({ Bucket: bucket, Key: 'stock/june.csv', Body: rows.join('\r\n') }),
  )
  expect(JSON.parse(await text('results/stock/june.csv.summary.json'))).toMatchObject({
    rows: 2,
    refused: 1,
    changed: 1,
  })
  expect(await text('results/stock/june.csv.errors.csv')).toContain('3,on-hand,a dozen,')
  expect(await placeOf('FILE-1')).toMatchObject({ onHand: 12 })
})

const compare = () => runFunction(hub.hub.cloud, 'CountMain')

async function placeOf(sku: string): Promise<StockView['places'][number]> {
  const { status, body } = await api.get(`/stock?sku=${sku}`)
  expect(status).toBe(200)
  const [place] = StockView.parse(body).places
  if (!place) throw new Error(`nothing is known of ${sku}`)
  return place
}

const Shelf = z.object({
  sku: z.string(),
  locations: z.array(z.object({ on_hand_quantity: z.int() })),
})

/** What the warehouse says lies there of the two articles. */
async function shelves(): Promise<readonly (number | undefined)[]> {
  const all = await hub.documents(wms, 'inventory', Shelf)
  return ['CUP-1', 'CUP-2'].map(
    (sku) => all.find((one) => one.sku === sku)?.locations[0]?.on_hand_quantity,
  )
}

async function text(Key: string): Promise<string> {
  const { found } = await eventually(Key, async () => {
    const answer = await s3
      .send(new GetObjectCommand({ Bucket: bucket, Key }))
      .catch(() => undefined)
    const content = await answer?.Body?.transformToString()
    return content === undefined ? Error('is not there yet') : { found: content }
  })
  return found
}

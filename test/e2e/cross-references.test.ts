import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { AwsClient } from 'aws4fetch'
import { z } from 'zod'
import { build } from '../../local/build.ts'
import type { ResolvedSettings } from '../../schemas/settings.ts'
import { broken } from './support/audit.ts'
import { type OpenedHub, open, root } from './support/open-hub.ts'
import { erp, eventually, isComplete, operator, stands, wms } from './support/outside.ts'
import { sold } from './support/sold.ts'

let assembly: string
let hub: OpenedHub
let s3: S3Client
let bucket: string
beforeAll(async () => {
  assembly = withNamesRequired(await build(root))
  hub = await open({ assembly })
  const { awsUrl: endpoint, region } = hub.hub.cloud
  s3 = new S3Client({ endpoint, region, credentials: operator, forcePathStyle: true })
  bucket = nameOf('AWS::S3::Bucket', 'Files')
})
afterAll(async () => {
  s3.destroy()
  await hub.hub.close()
  rmSync(assembly, { recursive: true })
})

test('an order with an unmapped code waits, and continues when a file maps it, even with bad rows', async () => {
  const order = sold([{ sku: 'LAMP', quantity: 2 }, { sku: 'GIFT-SET' }])
  await hub.place(order)
  const [state] = await hub.until('an exception', [order], stands)
  expect(Object.values(state?.exceptions ?? {})).toMatchObject([
    {
      code: 'unmapped-code',
      reason: expect.stringContaining(`import the rows ${erp},sku,LAMP,<its name there>`),
    },
  ])
  expect(await hub.documents(erp, 'salesOrders', z.unknown())).toEqual([])

  await put('imports/names.csv', [
    'connection,kind,code,name,quantity',
    `${erp},sku,LAMP,MUG-STONE`,
    `${erp},sku,GIFT-SET,PLATE-STONE`,
    `${erp},colour,LAMP,MUG-STONE`,
    `${wms},sku,LAMP,SB-LAMP`,
    `${wms},sku,GIFT-SET,CUP,2`,
    `${wms},sku,GIFT-SET,SAUCER,1`,
  ])
  expect(await text('results/names.csv.errors.csv')).toMatch(/\r\n4,kind,colour,/)
  expect(JSON.parse(await text('results/names.csv.summary.json'))).toMatchObject({
    rows: 6,
    refused: 1,
    changed: 4,
    resumed: 1,
  })
  await hub.until('a complete order', [order], isComplete)
  expect(await broken(hub, [order])).toEqual([])

  const Sales = z.object({
    item: z.object({ items: z.array(z.object({ item: z.looseObject({}) })) }),
  })
  const [sales] = await hub.documents(erp, 'salesOrders', Sales)
  expect(JSON.stringify(sales)).toContain('MUG-STONE')
  const Packed = z.object({ products: z.array(z.object({ reference_id: z.string() })) })
  const [packed] = await hub.documents(wms, 'orders', Packed)
  expect(packed?.products.map(({ reference_id }) => reference_id)).toEqual([
    'SB-LAMP',
    'CUP',
    'SAUCER',
  ])
})

test('what is exported is what was imported, and importing it changes nothing', async () => {
  await invoke('CrossReferenceFilesExports')
  const exported = await text('exports/cross-references.csv')
  expect(exported.split('\r\n')).toHaveLength(7)
  await put('imports/back.csv', exported.split('\r\n'))
  expect(JSON.parse(await text('results/back.csv.summary.json'))).toMatchObject({
    rows: 5,
    refused: 0,
    changed: 0,
  })
})

const put = (Key: string, lines: readonly string[]) =>
  s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: lines.join('\r\n') }))

/** The text of an object, as soon as there is one. */
async function text(Key: string): Promise<string> {
  const { found } = await eventually(Key, async () => {
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }))
      return { found: (await Body?.transformToString()) ?? '' }
    } catch (error) {
      return error instanceof Error ? error : undefined
    }
  })
  return found
}

async function invoke(id: string): Promise<void> {
  const { awsUrl, region } = hub.hub.cloud
  const client = new AwsClient({ ...operator, service: 'lambda', region })
  const name = nameOf('AWS::Lambda::Function', id)
  const url = `${awsUrl}/2015-03-31/functions/${name}/invocations`
  const answer = await client.fetch(url, { method: 'POST', body: '{}' })
  expect(answer.headers.get('x-amz-function-error')).toBeNull()
}

function nameOf(type: string, id: string): string {
  const found = hub.hub.cloud.resources().find((one) => one.type === type && one.id.startsWith(id))
  if (!found) throw new Error(`the stacks have no ${id}`)
  return found.name
}

/** A copy of the assembly whose functions think that the ERP knows no SKU of ours. */
function withNamesRequired(original: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'crossdock-assembly-'))
  cpSync(original, copy, { recursive: true })
  for (const entry of readdirSync(copy, { recursive: true, encoding: 'utf8' })) {
    if (!entry.endsWith('/settings.json')) continue
    const path = join(copy, entry)
    const settings: ResolvedSettings = JSON.parse(readFileSync(path, 'utf8'))
    const connections = settings.connections.map((connection) =>
      connection.id === erp ? { ...connection, crossReferences: { sku: 'required' } } : connection,
    )
    writeFileSync(path, JSON.stringify({ ...settings, connections }))
  }
  return copy
}

import { perform } from '../../domain/effects/perform.ts'
import { recordFact } from '../../domain/order/record-fact.ts'
import { exportCrossReferences } from '../../functions/export-cross-references/export-cross-references.ts'
import {
  giveUp,
  type ImportCrossReferencesDeps,
  importCrossReferences,
} from '../../functions/import-cross-references/import-cross-references.ts'
import { EffectHint } from '../../schemas/messages/effect-hint.ts'
import { openLane } from '../support/lane.ts'
import { MemoryCrossReferences } from '../support/memory-cross-references.ts'
import { memoryFiles } from '../support/memory-files.ts'
import { MemoryLedger } from '../support/memory-ledger.ts'
import { MemoryLookups } from '../support/memory-lookups.ts'
import { erp, orderId, policy, seconds, shop, wms } from '../support/orders.ts'

/** What S3 says of a new object. */
const uploadOf = (key: string, time = '2026-11-21T10:00:00Z'): string =>
  JSON.stringify({ source: 'aws.s3', time, detail: { bucket: { name: 'files' }, object: { key } } })

const head = 'connection,kind,code,name,quantity,from'

function openImport(change: Partial<ImportCrossReferencesDeps> = {}) {
  const disk = memoryFiles()
  const store = new MemoryCrossReferences()
  const lookups = new MemoryLookups()
  const deps: ImportCrossReferencesDeps = {
    store,
    files: disk.files,
    ledger: new MemoryLedger(),
    policy,
    jitter: async () => {},
    connections: new Set([shop, erp, wms]),
    lookups,
    sellers: new Map([[shop, { locations: new Map([[wms, {}]]) }]]),
    clock: () => new Date(seconds(5)),
    ...change,
  }
  const bring = (name: string, content: string | Uint8Array, time?: string) => {
    disk.put(`imports/${name}`, content)
    return importCrossReferences(uploadOf(`imports/${name}`, time), deps)
  }
  return {
    ...disk,
    store,
    lookups,
    deps,
    bring,
    summary: (name: string) => JSON.parse(disk.text(`results/${name}.summary.json`)),
    errors: (name: string) => disk.text(`results/${name}.errors.csv`).split('\r\n').slice(0, -1),
    export: async () => {
      await exportCrossReferences({ store, files: disk.files, log: () => {} })
      return disk.text('exports/cross-references.csv')
    },
  }
}

test('a bad row is reported by line and field, and good ones are imported', async () => {
  const { bring, store, summary, errors } = openImport()
  const rows = [`${erp},sku,MUG,M-1,,`, `${erp},colour,=X,x,,`, `${erp},sku,TELLER-Ü,T-1,,`]
  await bring('june.csv', [head, ...rows].join('\r\n'))
  expect(errors('june.csv')).toEqual([
    'line,field,value,wrong,instead',
    expect.stringMatching(/^3,kind,colour,.*,"one of sku, unit, /),
  ])
  expect(summary('june.csv')).toEqual({
    file: 'june.csv',
    at: seconds(0),
    rows: 3,
    refused: 1,
    changed: 2,
    resumed: 0,
    listed: 1,
  })
  const things = ['MUG', 'TELLER-Ü'].map((code) => ({
    connection: erp,
    kind: 'sku' as const,
    code,
  }))
  expect(await store.find(things)).toMatchObject([{ code: 'MUG' }, { code: 'TELLER-Ü' }])
})

test('what a row holds is no formula in the list of errors', async () => {
  const { bring, errors } = openImport()
  await bring('evil.csv', `${head}\n${erp},=cmd|' /C calc'!A0,A,a,,`)
  expect(errors('evil.csv')[1]).toContain(",kind,'=cmd|")
})

test('a file that is clean has a list without rows, also where the one before was not', async () => {
  const { bring, errors } = openImport()
  await bring('a.csv', `${head}\n${erp},colour,A,a,,`)
  expect(errors('a.csv')).toHaveLength(2)
  await bring('a.csv', `${head}\n${erp},sku,A,a,,`)
  expect(errors('a.csv')).toEqual(['line,field,value,wrong,instead'])
})

test('a second delivery of the message changes nothing, nor does the same file a day later', async () => {
  const { bring, summary } = openImport()
  const text = `${head}\n${erp},sku,A,a,,\n${wms},sku,SET,CUP,2,\n${wms},sku,SET,LID,1,`
  await bring('a.csv', text)
  expect(summary('a.csv').changed).toBe(2)
  await bring('a.csv', text)
  expect(summary('a.csv').changed).toBe(0)
  await bring('a.csv', text, '2026-11-22T10:00:00Z')
  expect(summary('a.csv')).toMatchObject({ changed: 0, rows: 3, refused: 0 })
})

test('an export comes back unchanged, formulas, quotes and bundles included', async () => {
  const first = openImport()
  const rows = [
    `${erp},sku,'=SUM(A1),'+49,,2026-01-01`,
    `${erp},sku,"5"" ""PIPE"", long",P5,,2026-01-01`,
    `${erp},sku,MUG,M-1,,2026-01-01`,
    `${erp},sku,MUG,M-2,,2027-01-01`,
    `${wms},sku,SET,CUP,2,2026-01-01`,
    `${wms},sku,SET,LID,1,2026-01-01`,
    `${shop},carrier,dhl,DHL Express,,2026-01-01`,
  ]
  await first.bring('a.csv', [head, ...rows].join('\n'))
  expect(first.summary('a.csv').refused).toBe(0)
  const exported = await first.export()
  expect(exported).toContain(`,'=SUM(A1),'+49,`)
  await first.bring('back.csv', exported)
  expect(first.summary('back.csv')).toMatchObject({ rows: 7, refused: 0, changed: 0 })
  const other = openImport()
  await other.bring('back.csv', exported)
  expect(await other.export()).toBe(exported)
})

test('orders that wait for the name continue, others are not touched', async () => {
  const lane = await openLane({ safety: { by: 'key' }, namesRequired: { sku: 'required' } })
  await lane.work()
  const { ledger, crossReferences: store } = lane
  const { bring, summary } = openImport({ ledger, store })
  const before = ledger.commits.length
  await bring(
    'other.csv',
    `${head}\n${wms},sku,MUG,M,,\n${erp},sku,CUP,C,,\n${erp},carrier,MUG,M,,`,
  )
  await bring('later.csv', `${head}\n${erp},sku,MUG,M,,2099-01-01`)
  expect(summary('other.csv').resumed + summary('later.csv').resumed).toBe(0)
  expect(ledger.commits).toHaveLength(before)
  await bring('names.csv', `${head}\n${erp},sku,MUG,M,,\n${erp},sku,PLATE,P,,`)
  expect(summary('names.csv').resumed).toBe(1)
  expect(ledger.commits.at(-1)?.events).toMatchObject(
    expect.arrayContaining([expect.objectContaining({ type: 'effect.requested' })]),
  )
  const hint = EffectHint.parse({ orderId, intentId: 'create-order', connection: erp })
  expect(await perform(hint, lane.deps)).toEqual({ did: 'create-order' })
  await recordFact({ id: orderId }, { type: 'deadline', at: seconds(9) }, lane.recording)
  expect((await lane.state()).exceptions).toEqual({})
})

test('an interrupted import wakes every waiting order when it is repeated', async () => {
  const lane = await openLane({ safety: { by: 'key' }, namesRequired: { sku: 'required' } })
  await lane.work()
  const { ledger, crossReferences: store } = lane
  const { bring, summary } = openImport({ ledger, store })
  const { commit } = ledger
  ledger.commit = async () => {
    throw new Error('the table is away')
  }
  const rows = `${head}\n${erp},sku,MUG,M,,`
  await expect(bring('names.csv', rows)).rejects.toThrow('away')
  ledger.commit = commit
  await bring('names.csv', rows)
  expect(summary('names.csv')).toMatchObject({ changed: 0, resumed: 1 })
})

test('what a warehouse calls something else now, channels are asked for; what it will call so later, and all else, they are not', async () => {
  const { bring, lookups } = openImport()
  const rows = [
    `${wms},sku,MUG,W-MUG,,`,
    `${wms},sku,LATER,W-LATER,,2099-01-01`,
    `${wms},carrier,UPS,ups,,`,
    `${erp},sku,MUG,10001,,`,
  ]
  const bringAt = (second: number) =>
    bring('names.csv', [head, ...rows].join('\n'), seconds(second))
  await bringAt(1)
  const requested = () => lookups.all().map(({ connection, sku }) => [connection, sku])
  expect(requested()).toEqual([[shop, 'MUG']])
  const [mug] = await lookups.find([{ connection: shop, sku: 'MUG' }])
  await lookups.save(mug, { connection: shop, sku: 'MUG', at: seconds(1) })
  await bringAt(2)
  expect((await lookups.find([{ connection: shop, sku: 'MUG' }]))[0]?.dueAt).toBeUndefined()
})

test('so many names that everything is read are one request', async () => {
  const { bring, lookups } = openImport()
  const rows = Array.from({ length: 2_000 }, (_, i) => `${wms},sku,S-${i},W-${i},,`)
  await bring('names.csv', [head, ...rows].join('\n'))
  expect(lookups.all()).toEqual([{ connection: shop, at: seconds(5), dueAt: seconds(5) }])
})

test.each([
  ['a folder', uploadOf('imports/2026/')],
  ['a file that lies elsewhere', uploadOf('results/a.csv')],
  ['a message that is none', '{}'],
])('%s is no import', async (_, message) => {
  const { deps, keys } = openImport()
  expect((await importCrossReferences(message, deps)).did).toMatch(/^skipped/)
  expect(keys()).toEqual([])
})

test.each([
  ['', 'the file is empty', 1],
  ['\uFEFF\r\n', 'the file is empty', 1],
  [head, 'the file has no rows below its first line', 0],
  [`\uFEFF${head}\r\n\r\n`, 'the file has no rows below its first line', 0],
])('a file with %j is taken, and its result says so', async (content, wrong, refused) => {
  const { bring, summary, errors } = openImport()
  await bring('a.csv', content)
  const [, fault, ...others] = errors('a.csv')
  expect([fault, others]).toEqual([expect.stringContaining(`1,row,,${wrong},`), []])
  expect(summary('a.csv')).toMatchObject({ rows: 0, refused, changed: 0, listed: 1 })
})

test('bytes that are no text are refused where they stand, not as a whole', async () => {
  const { bring, errors, summary } = openImport()
  const latin = Buffer.concat([
    Buffer.from(`${head}\n${erp},sku,A,a,,\n${erp},sku,K`),
    Buffer.from([0xe4]),
    Buffer.from('SE,k,,'),
  ])
  await bring('latin1.csv', latin)
  expect(errors('latin1.csv')[1]).toMatch(/^3,code,K.SE,contains characters that are not UTF-8,/)
  expect(summary('latin1.csv').changed).toBe(1)
})

test('an import that cannot end says so in the place of its result', async () => {
  const { deps, summary } = openImport()
  await giveUp(uploadOf('imports/lost.csv'), 'GetObject answered 403', deps)
  expect(summary('lost.csv')).toMatchObject({ failed: 'GetObject answered 403', changed: 0 })
})

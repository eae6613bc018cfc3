import fc from 'fast-check'
import {
  giveUp,
  type ImportStockDeps,
  importStock,
} from '../../functions/import-stock/import-stock.ts'
import { openCounting } from '../support/counting.ts'
import { tries } from '../support/laws.ts'
import { memoryFiles } from '../support/memory-files.ts'
import { MemoryListings } from '../support/memory-listings.ts'
import { MemoryLookups } from '../support/memory-lookups.ts'
import { shop, start, wms } from '../support/orders.ts'

/** What S3 says of a new object. */
const uploadOf = (key: string, time = '2026-11-21T10:00:00Z'): string =>
  JSON.stringify({ source: 'aws.s3', time, detail: { bucket: { name: 'files' }, object: { key } } })

function open() {
  const disk = memoryFiles()
  const counting = openCounting()
  const { berlin, lyon, stock } = counting
  const listings = new MemoryListings(stock)
  const lookups = new MemoryLookups()
  const deps: ImportStockDeps = {
    ...counting.deps,
    files: disk.files,
    locations: [berlin, lyon],
    listings,
    terms: listings,
    lookups,
    sellers: new Map([[shop, { locations: new Map() }]]),
    channels: new Set([shop]),
    clock: () => new Date(start),
  }
  const bring = (key: string, content: string, time?: string) => {
    disk.put(key, content)
    return importStock(uploadOf(key, time), deps)
  }
  return {
    ...disk,
    ...counting,
    deps,
    listings,
    lookups,
    bring,
    summary: (key: string) => JSON.parse(disk.text(`results/${key}.summary.json`)),
    errors: (key: string) => disk.text(`results/${key}.errors.csv`).split('\r\n').slice(1, -1),
  }
}

test('a file of counts is applied, by the name of a location or its code', async () => {
  const { bring, known, summary, errors } = open()
  const rows = [
    'location,warehouse,code,sku,on-hand,quarantined,taken-at,incoming,expected-at',
    'berlin,,,MUG,12,2,2026-11-21T09:00:00+01:00,40,2026-12-01T08:00:00Z',
    `,${wms},9,MUG,5,,,,`,
  ]
  await bring('stock/june.csv', rows.join('\r\n'))
  expect(known('MUG')).toMatchObject({ onHand: 12, quarantined: 2 })
  expect(known('MUG').rows[0]).toMatchObject({
    countedAt: '2026-11-21T08:00:00.000Z',
    incoming: [{ units: 40, expectedAt: '2026-12-01T08:00:00.000Z' }],
  })
  expect(known('MUG', 'lyon')).toMatchObject({ onHand: 5 })
  expect(errors('stock/june.csv')).toEqual([])
  expect(summary('stock/june.csv')).toEqual({
    file: 'stock/june.csv',
    at: '2026-11-21T10:00:00.000Z',
    rows: 2,
    refused: 0,
    changed: 2,
    unchanged: 0,
    stale: 0,
    listed: 0,
  })
})

test.each([
  ['berlin,MUG,1.5,,', 'on-hand', '1.5', 'is not a whole number of units, 0 or more'],
  ['berlin,MUG,-1,,', 'on-hand', '-1', 'is not a whole number of units, 0 or more'],
  ['berlin,MUG,,,', 'on-hand', '', 'is not a whole number of units, 0 or more'],
  ['berlin,,1,,', 'sku', '', 'is empty'],
  ['berlin,1.2E+11,1,,', 'sku', '1.2E+11', 'was changed to a number by a spreadsheet'],
  ['paris,MUG,1,,', 'location', 'paris', 'is not one of berlin, lyon'],
  [',MUG,1,,', 'location', '', 'is empty'],
  ['berlin,MUG,1,2,', 'quarantined', '2', 'is more than on-hand'],
  ['berlin,MUG,1,,yesterday', 'taken-at', 'yesterday', 'is not a time with Z or an offset'],
  ['berlin,MUG,1,,2026-11-21', 'taken-at', '2026-11-21', 'is not a time with'],
  ['berlin,MUG,1,,2026-11-21T10:06:00Z', 'taken-at', '2026', 'is later than the upload'],
  ['berlin,MUG,1,,2199-01-01T00:00:00Z', 'taken-at', '2199', 'is later than the upload'],
  ['berlin,MUG,1,,1900-01-01T00:00:00Z', 'taken-at', '1900', 'is before the year 2000'],
  ['berlin,MUG,1,,,x', 'row', '', 'has 6 fields instead of 5'],
  ['berlin,"MUG,1', 'row', '', 'a quote is not closed on this line'],
  ['berlin,TEE,9,,', 'sku', 'TEE', 'is also in line 2, at the same location'],
])(
  'the row %s is named with its line and field, and the good ones are taken',
  async (row, field, value, wrong) => {
    const { bring, errors, known } = open()
    const head = 'location,sku,on-hand,quarantined,taken-at'
    await bring('stock/june.csv', [head, 'berlin,TEE,3,,', row, 'berlin,CUP,4,,'].join('\n'))
    const [fault = '', ...others] = errors('stock/june.csv')
    expect(others).toEqual([])
    expect(fault.replaceAll('"', '')).toContain(
      `3,${field},${value.startsWith('-') ? `'${value}` : value}`,
    )
    expect(fault).toContain(wrong)
    expect([known('TEE').onHand, known('CUP').onHand, known('MUG').rows]).toEqual([3, 4, []])
  },
)

test('an article may be called what JavaScript calls its own', async () => {
  const { bring, known, errors } = open()
  const skus = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
  const rows = skus.map((sku, n) => `berlin,${sku},${n + 1}`)
  await bring('stock/june.csv', ['location,sku,on-hand', ...rows].join('\n'))
  expect(errors('stock/june.csv')).toEqual([])
  expect(skus.map((sku) => known(sku).onHand)).toEqual([1, 2, 3, 4])
})

test('goods that are expected in another century are named by their field', async () => {
  const { bring, errors, known } = open()
  const head = 'location,sku,on-hand,incoming,expected-at'
  const rows = ['2199-01-01', '1999-01-01', '2027-01-01'].map(
    (day, n) => `berlin,MUG-${n},1,5,${day}T00:00:00Z`,
  )
  await bring('stock/june.csv', [head, ...rows].join('\n'))
  expect(errors('stock/june.csv')).toEqual([
    expect.stringContaining(
      '2,expected-at,2199-01-01T00:00:00Z,is more than ten years in the future',
    ),
    expect.stringContaining('3,expected-at,1999-01-01T00:00:00Z,is before the year 2000'),
  ])
  expect(known('MUG-2').onHand).toBe(1)
})

test.each([
  ['sku;on-hand\nMUG;1', 'missing column location'],
  ['location,sku,on-hand,colour\nberlin,MUG,1,red', 'unknown column colour'],
  ['berlin,MUG,1', 'the first line does not name the columns'],
  ['PK\u0003\u0004', 'this is a workbook, not a CSV file'],
])('a file with the first line %j is refused as a whole', async (content, wrong) => {
  const { bring, errors, stock } = open()
  await bring('stock/june.csv', content)
  expect(errors('stock/june.csv')[0]).toContain(wrong)
  expect(stock.all()).toEqual([])
})

const withoutRows = [
  ['', 'the file is empty', 1],
  ['\uFEFF', 'the file is empty', 1],
  [' \r\n\r\n', 'the file is empty', 1],
  ['\uFEFF\n', 'the file is empty', 1],
  ['<first line>', 'the file has no rows below its first line', 0],
  ['\uFEFF<first line>\r\n\r\n', 'the file has no rows below its first line', 0],
  ['no,columns', 'the first line does not name the columns', 1],
] as const

describe.each([
  ['stock/june.csv', 'location,sku,on-hand'],
  ['stock/full/june.csv', 'location,sku,on-hand'],
  ['stock/terms/june.csv', 'channel,sku,buffer'],
])('%s', (key, heading) => {
  test.each(withoutRows)(
    'with %j is taken, and its result says so',
    async (content, wrong, refused) => {
      const { bring, errors, summary, stock, marks } = open()
      await bring(key, content.replace('<first line>', heading))
      const [fault, ...others] = errors(key)
      expect([fault, others]).toEqual([expect.stringContaining(`1,row,`), []])
      expect(fault).toContain(wrong)
      const nothing = { rows: 0, refused, changed: 0, unchanged: 0, listed: 1 }
      expect(summary(key)).toMatchObject(nothing)
      expect([stock.all(), await marks.read('berlin')]).toEqual([[], undefined])
    },
  )
})

test('a file that tells everything is remembered for what it does not change', async () => {
  const { bring, summary, marks } = open()
  const file = 'location,sku,on-hand\nberlin,MUG,12\nberlin,TEE,3\n'
  await bring('stock/full/mon.csv', file)
  expect(await marks.read('berlin')).toBe('2026-11-21T10:00:00.000Z')
  await bring('stock/full/tue.csv', file.replace('12', '13'), '2026-11-22T10:00:00Z')
  expect(summary('stock/full/tue.csv')).toMatchObject({ changed: 1, unchanged: 1 })
  expect(await marks.read('berlin')).toBe('2026-11-22T10:00:00.000Z')
  await bring('stock/late.csv', file, '2026-11-21T20:00:00Z')
  expect(summary('stock/late.csv')).toMatchObject({ changed: 0, stale: 2 })
})

test('a full file says of everything what was so when its oldest row was', async () => {
  const { bring, marks } = open()
  const rows = ['berlin,MUG,12,,2026-11-21T09:00:00Z', 'berlin,TEE,3,,', 'lyon,MUG,1,,']
  const head = 'location,sku,on-hand,quarantined,taken-at'
  await bring('stock/full/mon.csv', [head, ...rows].join('\n'))
  expect(await marks.read('berlin')).toBe('2026-11-21T09:00:00.000Z')
  expect(await marks.read('lyon')).toBe('2026-11-21T10:00:00.000Z')
})

test('a file with a row that is refused does not tell everything', async () => {
  const { bring, marks } = open()
  await bring('stock/full/mon.csv', 'location,sku,on-hand\nberlin,MUG,12\nberlin,TEE,?\n')
  expect(await marks.read('berlin')).toBeUndefined()
})

test('what is killed half-way is read again, to the same end', async () => {
  const rows = Array.from({ length: 2500 }, (_, n) => `berlin,S-${n},${n % 7}`)
  const file = `location,sku,on-hand\n${rows.join('\n')}\n`
  const whole = open()
  await whole.bring('stock/full/mon.csv', file)

  const { bring, deps, stock, marks } = open()
  let writes = 0
  const { book } = deps
  const killed: ImportStockDeps = {
    ...deps,
    book: {
      rows: (articles) => book.rows(articles),
      save: (step) => {
        writes += 1
        if (writes === 27) throw new Error('killed')
        return book.save(step)
      },
    },
  }
  deps.files.write('stock/full/mon.csv', { text: file, type: 'text/csv' })
  await expect(importStock(uploadOf('stock/full/mon.csv'), killed)).rejects.toThrow('killed')
  expect(await marks.read('berlin')).toBeUndefined()
  await bring('stock/full/mon.csv', file)
  const bySku = (all: ReturnType<typeof stock.all>) =>
    all.toSorted((a, b) => (a.sku < b.sku ? -1 : 1))
  expect(bySku(stock.all())).toEqual(bySku(whole.stock.all()))
  expect(await marks.read('berlin')).toBe('2026-11-21T10:00:00.000Z')
})

test('whatever is in a file, the import ends, and what is right of it is known', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.string(), fc.constantFrom('berlin,MUG,7', 'lyon,TEE,1,')), {
        maxLength: 12,
      }),
      async (lines) => {
        const { bring, summary, known } = open()
        await bring('stock/x.csv', ['location,sku,on-hand', ...lines].join('\n'))
        const { rows, refused, changed } = summary('stock/x.csv')
        expect(changed + refused).toBe(rows)
        if (lines.includes('berlin,MUG,7')) expect(known('MUG').rows).toHaveLength(1)
      },
    ),
    tries(100),
  )
})

test('a file that nothing comes of says why', async () => {
  const { deps, summary } = open()
  await giveUp(uploadOf('stock/june.csv'), 'out of time', deps)
  expect(summary('stock/june.csv')).toMatchObject({ failed: 'out of time', changed: 0 })
})

test('a folder, and a file of somebody else, are none', async () => {
  const { bring, stock } = open()
  await bring('stock/full/', '')
  await bring('imports/x.csv', 'location,sku,on-hand\nberlin,MUG,1')
  expect(stock.all()).toEqual([])
})

describe('a file of terms', () => {
  const heading = 'channel,sku,buffer,allocation,minimum,maximum,lead-time-days,publish'
  const opened = async () => {
    const world = open()
    for (const sku of ['MUG', 'SET']) {
      const parts = [{ warehouse: wms, sku: 'MUG', per: 1 }]
      await world.listings.save(undefined, {
        connection: shop,
        sku,
        rev: 1,
        remote: {},
        parts,
        attributes: {},
      })
    }
    const termsOf = async (sku: string) =>
      (await world.listings.find([{ connection: shop, sku }]))[0]?.terms
    return { ...world, termsOf }
  }

  test('gives listings terms of their own, and takes back what it leaves empty', async () => {
    const { bring, termsOf, summary, listings } = await opened()
    const rows = [heading, `${shop},MUG,2,50%,1,9,14,no`, `${shop},SET,,Exclusive 20,,,,`]
    await bring('stock/terms/june.csv', rows.join('\r\n'))
    expect(await termsOf('MUG')).toEqual({
      buffer: 2,
      allocation: { percent: 50 },
      minimum: 1,
      maximum: 9,
      leadTimeDays: 14,
      publish: false,
    })
    expect(await termsOf('SET')).toEqual({ allocation: { exclusive: 20 } })
    await bring('stock/terms/july.csv', [heading, `${shop},MUG,,,,,,`].join('\n'))
    expect(await termsOf('MUG')).toBeUndefined()
    const changes = await listings.changes({ connection: shop, sku: 'MUG' })
    expect(changes.map(({ by }) => by)).toEqual([
      'file stock/terms/july.csv',
      'file stock/terms/june.csv',
    ])
    await bring('stock/terms/july.csv', [heading, `${shop},MUG,,,,,,`].join('\n'))
    expect(summary('stock/terms/july.csv')).toMatchObject({ rows: 1, changed: 0, unchanged: 1 })
  })

  test('a few columns are enough, and a bad row keeps no good one out', async () => {
    const { bring, termsOf, errors, summary, lookups } = await opened()
    const rows = ['sku;channel;buffer', `MUG;${shop};3`, `CUP;${shop};1`, `MUG;${shop};4`]
    await bring('stock/terms/some.csv', rows.join('\n'))
    expect(await termsOf('MUG')).toEqual({ buffer: 3 })
    expect(summary('stock/terms/some.csv')).toMatchObject({ rows: 3, refused: 2, changed: 1 })
    expect(errors('stock/terms/some.csv')).toEqual([
      expect.stringMatching(/^3,sku,CUP,is not known to be sold by the channel,/),
      expect.stringMatching(/^4,sku,MUG,"is also in line 2, for the same channel",/),
    ])
    expect(lookups.all()).toMatchObject([{ connection: shop, sku: 'CUP', dueAt: start }])
  })

  test.each([
    [`${wms},MUG,1,,,,,`, 'channel', `is not one of ${shop}`],
    [`${shop},,1,,,,,`, 'sku', 'is empty'],
    [`${shop},MUG,-1,,,,,`, 'buffer', 'is not a whole number of units, 0 or more'],
    [
      `${shop},MUG,,half,,,,`,
      'allocation',
      'is not a percentage, or "at most" or "exclusive" with a number of units',
    ],
    [`${shop},MUG,,0%,,,,`, 'allocation', 'is not a percentage from 1 to 100'],
    [`${shop},MUG,,101%,,,,`, 'allocation', 'is not a percentage from 1 to 100'],
    [`${shop},MUG,,,9,3,,`, 'minimum', 'is more than maximum'],
    [`${shop},MUG,,,,x,,`, 'maximum', 'is not a whole number of units, 0 or more'],
    [`${shop},MUG,,,,,366,`, 'lead-time-days', 'is not a whole number of days, 0 to 365'],
    [`${shop},MUG,,,,,,maybe`, 'publish', 'is not yes or no'],
    [`${shop},MUG,1,,,,,,more`, 'row', 'has 9 fields instead of 8'],
  ])('the row %s is refused by its field', async (row, field, wrong) => {
    const { bring, errors, termsOf } = await opened()
    await bring('stock/terms/bad.csv', [heading, row].join('\n'))
    const [line = ''] = errors('stock/terms/bad.csv')
    expect(line).toContain(`2,${field},`)
    expect(line.replaceAll('""', '"')).toContain(wrong)
    expect(await termsOf('MUG')).toBeUndefined()
  })
})

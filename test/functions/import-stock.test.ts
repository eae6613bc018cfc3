import fc from 'fast-check'
import {
  giveUp,
  type ImportStockDeps,
  importStock,
} from '../../functions/import-stock/import-stock.ts'
import { openCounting } from '../support/counting.ts'
import { tries } from '../support/laws.ts'
import { memoryFiles } from '../support/memory-files.ts'
import { wms } from '../support/orders.ts'

/** What S3 says of a new object. */
const uploadOf = (key: string, time = '2026-11-21T10:00:00Z'): string =>
  JSON.stringify({ source: 'aws.s3', time, detail: { bucket: { name: 'files' }, object: { key } } })

function open() {
  const disk = memoryFiles()
  const counting = openCounting()
  const { berlin, lyon } = counting
  const deps: ImportStockDeps = {
    ...counting.deps,
    files: disk.files,
    locations: [berlin, lyon],
  }
  const bring = (key: string, content: string, time?: string) => {
    disk.put(key, content)
    return importStock(uploadOf(key, time), deps)
  }
  return {
    ...disk,
    ...counting,
    deps,
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
  ['berlin,MUG,1.5,,', 'on-hand', '1.5', 'is no whole number of units, 0 or more'],
  ['berlin,MUG,-1,,', 'on-hand', '-1', 'is no whole number of units, 0 or more'],
  ['berlin,MUG,,,', 'on-hand', '', 'is no whole number of units, 0 or more'],
  ['berlin,,1,,', 'sku', '', 'is empty'],
  ['berlin,1.2E+11,1,,', 'sku', '1.2E+11', 'was turned into a number by a spreadsheet'],
  ['paris,MUG,1,,', 'location', 'paris', 'is none of berlin, lyon'],
  [',MUG,1,,', 'location', '', 'is empty'],
  ['berlin,MUG,1,2,', 'quarantined', '2', 'is more than lie there'],
  [
    'berlin,MUG,1,,yesterday',
    'taken-at',
    'yesterday',
    'is no moment with a time and Z or an offset',
  ],
  ['berlin,MUG,1,,2026-11-21', 'taken-at', '2026-11-21', 'is no moment with a time'],
  ['berlin,MUG,1,,2026-11-21T10:06:00Z', 'taken-at', '2026', 'is later than the upload'],
  ['berlin,MUG,1,,,x', 'row', '', 'has 6 fields instead of 5'],
  ['berlin,"MUG,1', 'row', '', 'a quote is not closed on this line'],
  ['berlin,TEE,9,,', 'sku', 'TEE', 'stands in line 2 already, at the same location'],
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

test.each([
  ['sku;on-hand\nMUG;1', 'the column location is missing'],
  ['location,sku,on-hand,colour\nberlin,MUG,1,red', 'there is no column colour'],
  ['berlin,MUG,1', 'the first line does not name the columns'],
  ['PK\u0003\u0004', 'this is a workbook, not a CSV file'],
])('a file with the first line %j is refused as a whole', async (content, wrong) => {
  const { bring, errors, stock } = open()
  await bring('stock/june.csv', content)
  expect(errors('stock/june.csv')[0]).toContain(wrong)
  expect(stock.all()).toEqual([])
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

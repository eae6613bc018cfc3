import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { headingLine, linesOf, sheetReader } from '../../domain/cross-references/sheet.ts'
import { csvLine } from '../../domain/csv.ts'
import { importCrossReferences } from '../../functions/import-cross-references/import-cross-references.ts'
import type { CrossReference } from '../../schemas/stored/cross-reference.ts'
import { tries } from '../support/laws.ts'
import { MemoryCrossReferences } from '../support/memory-cross-references.ts'
import { MemoryLedger } from '../support/memory-ledger.ts'
import { MemoryLookups } from '../support/memory-lookups.ts'
import { erp, policy, seconds, start } from '../support/orders.ts'

const given = { connections: new Set([erp]), now: start }
const head = 'connection,kind,code,name'

/** What a spreadsheet would run, or show as something else. */
const starts = [
  '=',
  '+',
  '-',
  '@',
  '＝',
  '＋',
  '－',
  '＠',
  "'",
  "'=",
  '"',
  ',',
  ';',
  '|',
  '%',
  'cmd',
]
const name = fc
  .tuple(fc.constantFrom(...starts), fc.string({ unit: 'grapheme', maxLength: 20 }))
  .map(([begin, rest]) => `${begin}${rest}`.trim())
  .filter((text) => text !== '' && !/[\p{Cc}\p{Cf}\uFFFD\uFFFE\uFFFF]/u.test(text))
  .filter((text) => !/^\d([.,]\d+)?E\+\d+$/i.test(text))

test('an export runs nothing in a spreadsheet, and is read back as it was', () => {
  fc.assert(
    fc.property(name, name, (code, called) => {
      const reference: CrossReference = {
        connection: erp,
        kind: 'sku',
        code,
        names: [{ from: seconds(1), name: called }],
      }
      const lines = linesOf(reference)
      for (const line of lines) {
        for (const cell of line.split(',')) expect(cell).not.toMatch(/^"?[=+\-@＝＋－＠\t\r]/)
      }
      const reader = sheetReader(given)
      reader.read(`${[headingLine, ...lines].join('\r\n')}\r\n`)
      expect(reader.end()).toMatchObject({
        faults: [],
        additions: [{ code, told: [{ naming: { name: called } }] }],
      })
    }),
    tries(1000),
  )
})

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1+1', "'=1", "''=1"])(
  'a cell that begins as %j is text',
  (cell) => {
    expect(csvLine([cell, 'x']).replace(/^"/, '')).toMatch(/^'/)
  },
)

test('a file without end is not read to it, and what was cut off is no row', () => {
  const reader = sheetReader(given)
  expect(reader.read(`${head}\n${erp},sku,A,B\n`)).toBe(true)
  expect(reader.read(`${erp},sku,C,D`)).toBe(true)
  const piece = 'x'.repeat(10_000_000)
  let pieces = 0
  while (reader.read(piece)) pieces += 1
  expect(pieces).toBe(5 - 1)
  const { faults, additions } = reader.end()
  expect(faults).toMatchObject([{ wrong: expect.stringContaining('at most 50000000 characters') }])
  expect(additions.map(({ code }) => code)).toEqual(['A'])
})

test.each([
  ['a workbook', Buffer.from('PK\u0003\u0004')],
  ['gzip', gzipSync(Buffer.alloc(1024 * 1024))],
  ['zeros', Buffer.alloc(64)],
  ['half of UTF-16', Buffer.from('\ufeffconnection,kind', 'utf16le')],
])('a file that begins as %s is given up after its first line', async (_, begin) => {
  let pieces = 0
  async function* endless() {
    yield begin
    for (;;) {
      pieces += 1
      yield Buffer.from(`\n${'x'.repeat(60_000)}`)
    }
  }
  const written = new Map<string, string>()
  const imported = await importCrossReferences(
    JSON.stringify({ source: 'aws.s3', time: start, detail: { object: { key: 'imports/a.csv' } } }),
    {
      store: new MemoryCrossReferences(),
      files: {
        read: async () => endless(),
        write: async (key, { text }) => {
          written.set(key, text)
        },
      },
      ledger: new MemoryLedger(),
      policy,
      jitter: async () => {},
      connections: given.connections,
      lookups: new MemoryLookups(),
      sellers: new Map(),
      clock: () => new Date(start),
    },
  )
  expect(imported).toMatchObject({ did: 'imported cross-references', count: 0 })
  expect(pieces).toBeLessThan(5)
  expect(written.get('results/a.csv.errors.csv')?.split('\r\n')[1]).toMatch(/^1,row,/)
})

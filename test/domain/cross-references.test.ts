import fc from 'fast-check'
import { keyOf, merged, namingAt } from '../../domain/cross-references/naming.ts'
import { headingLine, linesOf, sheetReader } from '../../domain/cross-references/sheet.ts'
import type { Addition } from '../../domain/ports.ts'
import { type CrossReference, Naming } from '../../schemas/stored/cross-reference.ts'
import { tries } from '../support/laws.ts'
import { erp, seconds, wms } from '../support/orders.ts'

const now = seconds(100)
const connections = new Set([erp, wms])

/** What a file says, given as its lines after the first. */
const sheetOf = (lines: readonly string[], heading = headingLine) => {
  const reader = sheetReader({ connections, now })
  reader.read([heading, ...lines].join('\n'))
  return reader.end()
}
const faultsOf = (...lines: readonly string[]) =>
  sheetOf(lines).faults.map(({ line, field, wrong }) => `${line} ${field} ${wrong}`)

const moment = fc.integer({ min: 0, max: 20 }).map(seconds)
const naming: fc.Arbitrary<Naming> = fc.oneof(
  fc.record({ from: moment, name: fc.constantFrom('a', 'b', 'c') }),
  fc.record({
    from: moment,
    components: fc
      .uniqueArray(
        fc.record({
          sku: fc.constantFrom('p', 'q', 'r'),
          quantity: fc.integer({ min: 1, max: 3 }),
        }),
        { minLength: 1, selector: ({ sku }) => sku },
      )
      .map((parts) => Naming.options[1].shape.components.parse(parts)),
  }),
)
/** Of each moment one naming, as one file has it. */
const namings = fc.uniqueArray(naming, { selector: ({ from }) => from, maxLength: 8 })
const told = (all: readonly Naming[]): Addition['told'] => all.map((one) => ({ naming: one }))

test('names are the same at every time, in any order of imports', () => {
  fc.assert(
    fc.property(
      namings.chain((all) =>
        fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
      ),
      moment,
      ([all, shuffled], at) => {
        const tidy = merged([], told(all))
        const one = shuffled.reduce((names, each) => merged(names, told([each])), merged([], []))
        expect(one).toEqual(tidy)
        expect(namingAt({ names: [...one] }, at)).toEqual(
          all.filter(({ from }) => from <= at).toSorted((a, b) => (a.from < b.from ? 1 : -1))[0],
        )
      },
    ),
    tries(1000),
  )
})

test('the same file a second time changes nothing', () => {
  fc.assert(
    fc.property(namings, namings, fc.boolean(), (before, file, unsaid) => {
      const said: Addition['told'] = file.map((one) => ({
        naming: one,
        ...(unsaid && { now: true }),
      }))
      const once = merged(merged([], told(before)), unsaid ? said.slice(0, 1) : said)
      expect(merged(once, unsaid ? said.slice(0, 1) : said)).toBe(once)
    }),
    tries(1000),
  )
})

test('importing the same name again for now changes nothing', () => {
  const names = merged([], [{ naming: { from: seconds(1), name: 'a' }, now: true }])
  expect(merged(names, [{ naming: { from: seconds(9), name: 'a' }, now: true }])).toBe(names)
  const changed = merged(names, [{ naming: { from: seconds(9), name: 'b' }, now: true }])
  expect(namingAt({ names: [...changed] }, seconds(8))).toMatchObject({ name: 'a' })
  expect(namingAt({ names: [...changed] }, seconds(9))).toMatchObject({ name: 'b' })
})

test('a thing has no name before its first', () => {
  expect(namingAt({ names: [{ from: seconds(5), name: 'a' }] }, seconds(4))).toBeUndefined()
})

test('importing an export changes nothing', () => {
  const text = fc
    .string({ minLength: 1, maxLength: 12 })
    .filter((each) => each === each.trim() && !/^\d([.,]\d+)?E\+\d+$/i.test(each))
  fc.assert(
    fc.property(fc.uniqueArray(text, { maxLength: 5 }), namings, (codes, names) => {
      const references = codes.map(
        (code): CrossReference => ({
          connection: erp,
          kind: 'sku',
          code,
          names: [...merged([], told(names))],
        }),
      )
      const sheet = sheetOf(references.flatMap(linesOf))
      expect(sheet.refused).toBe(0)
      const back = new Map(sheet.additions.map((each) => [keyOf(each), merged([], each.told)]))
      for (const reference of references.filter((each) => each.names.length > 0)) {
        expect(back.get(keyOf(reference))).toEqual(reference.names)
      }
    }),
    tries(500),
  )
})

test('a row is read whatever the order of the columns, and whichever comma a country has', () => {
  const german = sheetOf([`sku;M-1;MUG;${erp}`], 'kind;name;code;connection')
  expect(german.faults).toEqual([])
  expect(german.additions).toEqual([
    {
      connection: erp,
      kind: 'sku',
      code: 'MUG',
      told: [{ naming: { from: now, name: 'M-1' }, now: true }],
    },
  ])
})

test('moments are read with a zone, as a day, and as nothing', () => {
  const { additions } = sheetOf([
    `${erp},sku,A,a,,2027-01-01T02:00:00+02:00`,
    `${erp},sku,B,b,,2027-01-01`,
    `${erp},sku,C,c,,`,
  ])
  expect(additions.map(({ told: [first] }) => first?.naming.from)).toEqual([
    '2027-01-01T00:00:00.000Z',
    '2027-01-01T00:00:00.000Z',
    now,
  ])
})

test('rows with a quantity are the parts of a bundle', () => {
  expect(sheetOf([`${wms},sku,SET,CUP,2`, `${wms},sku,SET,LID,1`]).additions).toMatchObject([
    {
      code: 'SET',
      told: [
        {
          naming: {
            components: [
              { sku: 'CUP', quantity: 2 },
              { sku: 'LID', quantity: 1 },
            ],
          },
        },
      ],
    },
  ])
})

test.each([
  ['netsuite,sku,A,a', '2 connection write it as'],
  ['shopify/nobody,sku,A,a', '2 connection is not a connection in the settings'],
  [`${erp},colour,A,a`, '2 kind'],
  [`${erp},sku,,a`, '2 code is empty'],
  [`${erp},sku,A,`, '2 name is empty'],
  [`${erp},sku,A ,a`, '2 code begins or ends with a space'],
  [`${erp},sku,1.23E+12,a`, '2 code was changed to a number by a spreadsheet'],
  [`${erp},sku,A\uFFFD,a`, '2 code contains characters that are not UTF-8'],
  [`${erp},sku,A\u0007,a`, '2 code contains invisible characters'],
  [`${erp},sku,A,${'a'.repeat(201)}`, '2 name is longer than 200 characters'],
  [`${erp},sku,A,a,1.5`, '2 quantity is not a whole number'],
  [`${erp},carrier,A,a,2`, '2 quantity only a sku can be a bundle'],
  [`${erp},sku,A,a,,next week`, '2 from is not a time'],
  [`${erp},sku,A,a,,2027-02-30`, '2 from is not a time'],
  [`${erp},sku,A,a,,,more`, '2 row has 7 fields instead of 6'],
  [`${erp},sku,"A,a`, '2 row a quote is not closed'],
])('%s is rejected, and its neighbour is not', (line, wrong) => {
  const sheet = sheetOf([line, `${erp},sku,GOOD,good`])
  expect(sheet.faults.map((fault) => `${fault.line} ${fault.field} ${fault.wrong}`)).toEqual([
    expect.stringContaining(wrong),
  ])
  expect(sheet.faults[0]?.instead).not.toBe('')
  expect(sheet).toMatchObject({ rows: 2, refused: 1, additions: [{ code: 'GOOD' }] })
})

test('contradicting rows are rejected together, wherever they are', () => {
  const lines = [`${erp},sku,A,a`, `${erp},sku,B,b`, `${erp},sku,A,c`]
  for (const rows of [lines, lines.toReversed()]) {
    const sheet = sheetOf(rows)
    expect(sheet.additions).toMatchObject([{ code: 'B' }])
    expect(sheet.refused).toBe(2)
    expect(sheet.faults.map(({ wrong }) => wrong)).toEqual([
      'lines 2, 4 give one code several names from the same time',
      'lines 2, 4 give one code several names from the same time',
    ])
  }
})

test('missing cells at the end of a row are empty', () => {
  expect(faultsOf(`${erp},sku`)).toEqual(['2 code is empty', '2 name is empty'])
})

test('a duplicate row is imported once', () => {
  expect(sheetOf([`${erp},sku,A,a`, `${erp},sku,A,a`])).toMatchObject({
    faults: [],
    additions: [{ told: [{ naming: { name: 'a' } }] }],
  })
})

test('a bundle is imported as a whole or not at all', () => {
  const sheet = sheetOf([`${wms},sku,SET,CUP,2`, `${wms},sku,SET,LID,none`, `${wms},sku,X,x`])
  expect(sheet.additions).toMatchObject([{ code: 'X' }])
  expect(sheet.faults.map(({ line }) => line)).toEqual([2, 3])
  expect(faultsOf(`${wms},sku,SET,CUP,2`, `${wms},sku,SET,LID`)).toEqual([
    '2 row only some of lines 2, 3 have a quantity',
    '3 row only some of lines 2, 3 have a quantity',
  ])
  expect(faultsOf(`${wms},sku,SET,CUP,2`, `${wms},sku,SET,CUP,1`)).toEqual([
    '2 row lines 2, 3 name the same component',
    '3 row lines 2, 3 name the same component',
  ])
})

test('a bad row does not affect other names of its code', () => {
  expect(sheetOf([`${erp},sku,A,a`, `${erp},sku,A,b,,tomorrow`]).additions).toMatchObject([
    { code: 'A', told: [{ naming: { name: 'a' } }] },
  ])
})

test.each([
  ['', 'the first line does not name the columns'],
  ['netsuite/demo-erp,sku,A,a', 'the first line does not name the columns'],
  ['connection,kind,code,name,colour', 'unknown column colour'],
  ['connection,kind,code', 'missing column name'],
  ['connection,kind,code,name,name', 'duplicate column name'],
  ['PK\u0003\u0004', 'this is a workbook, not a CSV file'],
])('a file that begins with %j is refused once, in words', (heading, wrong) => {
  const { faults, additions } = sheetOf([`${erp},sku,A,a`, `${erp},sku,B,b`], heading)
  expect(additions).toEqual([])
  expect(faults).toMatchObject([{ field: 'row', wrong: expect.stringContaining(wrong) }])
})

import fc from 'fast-check'
import { cellsOf, csvLine, lineReader, unguarded } from '../../domain/csv.ts'
import { tries } from '../support/laws.ts'

/** Text as a cell of ours can hold it: without line breaks, because a row is a line. */
const cell = fc.string({ unit: 'grapheme' }).filter((text) => !/[\r\n]/.test(text))

const linesIn = (...pieces: readonly string[]): readonly string[] => {
  const reader = lineReader()
  return [...pieces.flatMap((piece) => [...reader.read(piece)]), ...reader.end()].map(
    ({ line, text }) => `${line}: ${text}`,
  )
}

test('whatever is written can be read', () => {
  fc.assert(
    fc.property(fc.array(cell, { minLength: 2 }), (cells) => {
      const read = cellsOf(csvLine(cells), ',')
      expect(read.ok && read.value.map(unguarded)).toEqual(cells)
    }),
    tries(2000),
  )
})

test('no exported cell is a formula', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('=', '+', '-', '@', '\t', "'=", '＝', '＋', '－', '＠', "''＝", ''),
      cell,
      (start, rest) => {
        const read = cellsOf(csvLine([start + rest, 'x']), ',')
        expect(read.ok && read.value[0]).not.toMatch(/^[=+\-@\t\r＝＋－＠]/)
      },
    ),
    tries(2000),
  )
})

test('a file reads the same in any chunks', () => {
  const text = '\uFEFFa,b\r\n"c ""d""",e\r\n\r\nf,g\nlast,one'
  const whole = linesIn(text)
  expect(whole).toEqual(['1: a,b', '2: "c ""d""",e', '4: f,g', '5: last,one'])
  for (let at = 1; at < text.length; at++) {
    expect(linesIn(text.slice(0, at), text.slice(at))).toEqual(whole)
  }
})

test('an unclosed quote spoils only its own line', () => {
  expect(linesIn('a,"b\nc,d\n')).toEqual(['1: a,"b', '2: c,d'])
  expect(cellsOf('a,"b', ',')).toEqual({ ok: false, error: 'a quote is not closed on this line' })
  expect(cellsOf('"a"b,c', ',')).toEqual({ ok: false, error: 'text follows a closing quote' })
})

test('a quote inside of a bare cell is an inch', () => {
  expect(cellsOf('5" pipe,PIPE-5', ',')).toEqual({ ok: true, value: ['5" pipe', 'PIPE-5'] })
})

test('a file without line ends does not fill the memory', () => {
  const reader = lineReader()
  for (let i = 0; i < 50; i++) expect(reader.read('x'.repeat(10_000))).toEqual([])
  expect(reader.end()[0]?.text).toHaveLength(100_000)
})

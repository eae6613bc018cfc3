import fc from 'fast-check'
import { instantAt, instantOf } from '../../domain/instant.ts'

const moment = fc.date({ noInvalidDate: true })

test('an instant is what Date writes, also before 1970 and of years with more than four digits', () => {
  fc.assert(
    fc.property(moment, (date) => {
      expect(instantAt(date.getTime())).toBe(date.toISOString())
    }),
    { numRuns: 2_000 },
  )
})

test('parts of a millisecond are left out', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e13, max: 1e13, noNaN: true }), (ms) => {
      expect(instantAt(ms)).toBe(new Date(ms).toISOString())
    }),
  )
})

test('a text with any offset is the same moment in UTC', () => {
  const texts = fc.tuple(
    fc.date({ min: new Date('1970-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
    fc.constantFrom('Z', '+00:00', '-05:00', '+13:45', '-11:30'),
    fc.constantFrom(19, 21, 23),
  )
  fc.assert(
    fc.property(texts, ([date, offset, length]) => {
      const text = `${date.toISOString().slice(0, length)}${offset}`
      expect(instantOf(text)).toBe(new Date(text).toISOString())
    }),
  )
})

test('a moment that there is not throws', () => {
  for (const text of ['', 'soon', '2026-13-01T00:00:00Z', '2026-01-01T25:00:00Z']) {
    expect(() => instantOf(text)).toThrow(RangeError)
  }
  expect(() => instantAt(8.64e15 + 86_400_000)).toThrow(RangeError)
  expect(() => instantAt(Number.NaN)).toThrow(RangeError)
})

test('more days than are remembered are written as well', () => {
  for (let day = 0; day < 2_500; day++) {
    const ms = day * 86_400_000 + day
    expect(instantAt(ms)).toBe(new Date(ms).toISOString())
  }
})

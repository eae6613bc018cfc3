import fc from 'fast-check'
import { parseJson } from '../../domain/parse.ts'

/** The slow way to the same result, through a reviver that sees the source text. */
function slowly(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) => {
    if (typeof value === 'string') return tidied(value)
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
    return context?.source && /^-?\d+$/.test(context.source) ? context.source : value
  })
}

/** Character by character, what a database and a label can bear. */
const tidied = (text: string): string =>
  [...text]
    .map((character) => {
      const code = character.codePointAt(0) ?? 0
      if ((code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069)) return ''
      const stays = code >= 0x20 || '\t\n\r'.includes(character)
      const isHalf = code >= 0xd800 && code <= 0xdfff
      return stays && !isHalf && code !== 0xfffe && code !== 0xffff ? character : '\ufffd'
    })
    .join('')

const bigNumber = fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }).map(String)
const numberText = fc.oneof(
  bigNumber,
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
)
/** Texts of what is rare and harmful, beside what looks like it. */
const oddText = fc.string({
  unit: fc.constantFrom(
    ...'\u0000\b\f\n\t\r\u001f\u007f\u0085\u200e\u202a\u202e\u2066\u2069\u206a\ufffd\ufffe\uffff\\u202eA"\\/',
    '\ud83d\ude00',
  ),
})
const escaped = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}`
const gap = fc.constantFrom('', ' ', '\n\t')

/** JSON text with numbers of any size, also inside strings and behind escapes. */
const jsonText = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    numberText,
    fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
    numberText.map((digits) => JSON.stringify(`\\"${digits},\\`)),
    fc.constantFrom('null', 'true', 'false', '"\\\\"', '[]', '{}'),
    oddText.map((text) => JSON.stringify(text)),
    oddText.map((text) => `"${text.replaceAll(/[\p{Cc}"\\]/gu, escaped)}"`),
    fc
      .tuple(fc.array(tie('value')), gap)
      .map(([all, space]) => `[${all.join(`${space},${space}`)}]`),
    fc
      .array(fc.tuple(fc.oneof(fc.string(), numberText), gap, tie('value')))
      .map((all) => `{${all.map(([k, s, v]) => `${JSON.stringify(k)}${s}:${s}${v}`).join(',')}}`),
  ),
})).value

test('integers beyond 2^53 keep their digits, and nothing else changes', () => {
  fc.assert(
    fc.property(jsonText, (text) => {
      expect(parseJson(text)).toEqual({ ok: true, value: slowly(text) })
    }),
    { numRuns: 1_000 },
  )
})

test('what is not JSON does not become it', () => {
  const damage = fc.tuple(
    jsonText,
    fc.nat(),
    fc.constantFrom('', '"', '9', '-', ':', ',', '}', '\\'),
  )
  fc.assert(
    fc.property(damage, ([text, position, wrong]) => {
      const at = position % (text.length + 1)
      const damaged = text.slice(0, at) + wrong + text.slice(at + 1)
      let valid = true
      try {
        JSON.parse(damaged)
      } catch {
        valid = false
      }
      expect(parseJson(damaged).ok).toBe(valid)
    }),
    { numRuns: 2_000 },
  )
  for (const text of [
    '{12345678901234567890:1}',
    '{12345678901234567890 \n:1}',
    `{12345678901234567890${' '.repeat(99)}:1}`,
    '00000000000000000001',
    '12345678901234567890abc',
    '--12345678901234567890',
    '1234567890.12345678901234567890.1',
    '"12345678901234567890',
  ]) {
    expect(parseJson(text)).toMatchObject({ ok: false })
  }
})

test('depth is refused before it can hurt', () => {
  expect(parseJson('['.repeat(64) + ']'.repeat(64))).toMatchObject({ ok: true })
  expect(parseJson('['.repeat(65) + ']'.repeat(65))).toMatchObject({ ok: false })
  expect(parseJson(`"${'['.repeat(100)}"`)).toMatchObject({ ok: true })
  expect(parseJson(`{"a":"\\"${'{'.repeat(100)}"}`)).toMatchObject({ ok: true })
})

test('half a surrogate pair becomes the replacement character, and a whole one stays', () => {
  const text = '{"half":"a\\ud83d","pair":"\\ud83d\\ude00","id":820982911946154508}'
  expect(parseJson(text)).toEqual({
    ok: true,
    value: { half: 'a\ufffd', pair: '😀', id: '820982911946154508' },
  })
})

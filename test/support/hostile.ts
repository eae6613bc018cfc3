import fc from 'fast-check'

/** JSON that somebody may put where a vendor has a value. */
const hostile = [
  '1e400',
  '-1e400',
  '-0',
  '1e-400',
  '9007199254740993',
  `${'9'.repeat(400)}`,
  `1${'0'.repeat(400)}.5`,
  '0.1e1',
  '"1e400"',
  '"NaN"',
  '"-Infinity"',
  '"\\ud800"',
  '"a\\udc00b"',
  '"\\u0000\\u0008\\u001b[31m"',
  '"\\uFFFE\\uffff"',
  '"\\u202Egnp.exe\\u2066"',
  '"\u202egnp.exe"',
  '"\ufeff"',
  '"=HYPERLINK(\\"x\\")"',
  `"${'x'.repeat(20_000)}"`,
  '{"__proto__":{"isAdmin":true}}',
  '{"constructor":{"prototype":{"isAdmin":true}}}',
  '{"toString":1,"valueOf":1,"toJSON":1,"then":1}',
  '1,"__proto__":{"isAdmin":true}',
  '1,"id":1,"id":2',
  `${'['.repeat(63)}${']'.repeat(63)}`,
  `${'['.repeat(90)}${']'.repeat(90)}`,
  '[]',
  '{}',
  'null',
  'true',
  '[null]',
  '""',
  '"2026-02-31T25:61:61Z"',
  '"+275760-09-13T00:00:00.001Z"',
]

/** A body in which one or two of its values, at any depth, are something else. */
export function spoilt(body: string): fc.Arbitrary<string> {
  const places = placesIn(JSON.parse(body))
  const one = fc.tuple(fc.constantFrom(...places), fc.constantFrom(...hostile))
  return fc.array(one, { minLength: 1, maxLength: 2 }).map((changes) =>
    changes.reduce((text, [place, value], i) => {
      const marked = marking(text, place, `@@${i}@@`)
      return marked.replace(`"@@${i}@@"`, () => value)
    }, body),
  )
}

type Place = readonly (string | number)[]

function placesIn(value: unknown, above: Place = []): readonly Place[] {
  if (typeof value !== 'object' || value === null) return [above]
  const below = Object.keys(value).flatMap((name) =>
    placesIn(Reflect.get(value, name), [...above, Array.isArray(value) ? Number(name) : name]),
  )
  return above.length === 0 ? below : [above, ...below]
}

/** The text with a mark in place of one value; as it was where an earlier change has left no such place. */
function marking(text: string, place: Place, mark: string): string {
  try {
    const whole: unknown = JSON.parse(text)
    const holder = place
      .slice(0, -1)
      .reduce<unknown>((at, name) => Reflect.get(Object(at), name), whole)
    if (typeof holder === 'object' && holder) Reflect.set(holder, place.at(-1) ?? '', mark)
    return JSON.stringify(whole)
  } catch {
    return text
  }
}

/** Values in a reading that a table, a document or a label cannot bear. */
export function unbearable(value: unknown): readonly unknown[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [value]
  if (typeof value === 'string') {
    const wrong = /(?![\t\n\r\u007f-\u009f])\p{Cc}|[\u202a-\u202e\u2066-\u2069\ufffe\uffff]/u
    return value.isWellFormed() && !wrong.test(value) ? [] : [value]
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(unbearable)
}

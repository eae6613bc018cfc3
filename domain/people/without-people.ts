import type { People } from '../../schemas/canonical/order.ts'

/** A text of a system without what an order says of people; names are looked for in parts, too, and beginnings where it was cut. */
export function withoutPeople(text: string, { edits: _, ...people }: People): string {
  const words = wordsOf(people)
  const cut = Math.max(0, ...words.map((word) => beginningIn(text, word)))
  const whole = cut === 0 ? text : `${text.slice(0, -cut)}…`
  return words.reduce((rest, word) => rest.replaceAll(pattern(word), '…'), whole)
}

/** The longest first, so that a name within an address leaves nothing of it. */
const wordsOf = (people: object): readonly string[] =>
  textsIn(people)
    .flatMap(([field, text]) => [text, ...(field === 'name' ? text.split(/\s+/) : [])])
    .map((text) => text.trim())
    .filter((text) => text.length > 2)
    .toSorted((a, b) => b.length - a.length)

/** A channel's id of a customer is what cross-references go by, and stays. */
function textsIn(value: object): readonly (readonly [field: string, text: string])[] {
  return Object.entries(value).flatMap(([field, each]) => {
    if (typeof each === 'string') return field === 'id' ? [] : [[field, each] as const]
    return typeof each === 'object' && each !== null ? textsIn(each) : []
  })
}

/** Short ones only as words of their own: an Ann is not looked for in "cannot". White space is any. */
function pattern(word: string): RegExp {
  const escaped = word.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&').replaceAll(/\s+/g, '\\s+')
  const alone = word.length < 6 ? `(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])` : escaped
  return new RegExp(alone, 'giu')
}

/** Fewer letters say nothing of anybody. */
const telling = 6

/** Texts are cut, by systems and by us: how much of a word is left at the end of one, without its rest. */
function beginningIn(text: string, word: string): number {
  const wanted = word.replaceAll(/\s+/g, ' ').toLowerCase()
  for (let length = wanted.length - 1; length >= telling; length--) {
    const before = text.slice(0, -length)
    const isLast = text.slice(before.length).toLowerCase() === wanted.slice(0, length)
    if (isLast && !/[\p{L}\p{N}]$/u.test(before)) return length
  }
  return 0
}

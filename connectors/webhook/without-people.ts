import type { People } from '../../schemas/canonical/order.ts'

/** A text of the system for an operator: one line, not long, and without what the order says of people. */
export function withoutPeople(text: string, people: People): string {
  const line = text.replaceAll(/[\p{C}\s]+/gu, ' ').trim()
  return wordsOf(people)
    .reduce((rest, word) => rest.replaceAll(new RegExp(escaped(word), 'giu'), '…'), line)
    .slice(0, 300)
}

/** The longest first, so that a name within an address leaves nothing of it. Names are looked for in parts, too. */
const wordsOf = (people: People): readonly string[] =>
  textsIn(people)
    .flatMap(([field, text]) => [text, ...(field === 'name' ? text.split(/\s+/) : [])])
    .map((text) => text.replaceAll(/\s+/g, ' ').trim())
    .filter((text) => text.length > 2)
    .toSorted((a, b) => b.length - a.length)

function textsIn(value: object): readonly (readonly [field: string, text: string])[] {
  return Object.entries(value).flatMap(([field, each]) => {
    if (typeof each === 'string') return [[field, each] as const]
    return typeof each === 'object' && each !== null ? textsIn(each) : []
  })
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&')

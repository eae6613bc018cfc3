import type { People } from '../../schemas/canonical/order.ts'
import { type Folded, isWord, readingsOf } from './folded.ts'
import { type Name, namesIn } from './names-in.ts'

/**
 * A text of a system without what an order says of people, however the system writes it: in another case, with other accents,
 * hyphens and spaces, escaped, or cut. Never fails, whatever people are called: no pattern is made of their data.
 */
export function withoutPeople(text: string, people: People): string {
  const readings = readingsOf(text)
  const most = Math.max(...readings.map(({ characters }) => characters.length))
  const spans = namesIn(people, most).flatMap((name) =>
    readings.flatMap((reading) => spansOf(name, reading, text)),
  )
  return blanked(text, spans)
}

interface Span {
  readonly from: number
  readonly to: number
}

function spansOf(name: Name, reading: Folded, text: string): readonly Span[] {
  const spans: Span[] = []
  const { characters, from, to } = reading
  const first = name.parts[0]?.[0] ?? ''
  for (let at = characters.indexOf(first); at >= 0; ) {
    const end = endOf(name, reading, at)
    const span = end !== undefined && { from: from[at] ?? 0, to: to[end - 1] ?? 0 }
    if (span && (name.exactly === undefined || isExact(name.exactly, text, span))) spans.push(span)
    at = characters.indexOf(first, end ?? at + 1)
  }
  return spans
}

/** Where the name that begins here ends, whole or cut; `undefined` when it is not there. */
function endOf(name: Name, { characters, from, to }: Folded, start: number): number | undefined {
  const isFree = !isWord(characters[start - 1])
  let at = start
  let done = 0
  for (const [index, part] of name.parts.entries()) {
    const next = index === 0 ? at : afterGap(characters, at, name)
    const length = part.findIndex((each, i) => characters[next + i] !== each)
    if (length === 0 && index > 0) break
    at = next + (length < 0 ? part.length : length)
    if (length >= 0) break
    done += 1
  }
  if (done === name.parts.length) {
    return name.alone && !(isFree && !isWord(characters[at])) ? undefined : at
  }
  const long = (to[at - 1] ?? 0) - (from[start] ?? 0)
  if (!isFree || name.alone || long < telling) return undefined
  return isCut(characters, at) || (done > 1 && !isWord(characters[at]) && long >= surely)
    ? at
    : undefined
}

/** Fewer characters of a name that was cut say nothing of anybody; so many of them do, cut or not. */
const [telling, surely] = [6, 12]

/** What stands between two parts of a name at most. */
const widest = 12

function afterGap(characters: readonly string[], start: number, { numeric }: Name): number {
  const isGap = (character: string | undefined) =>
    character !== undefined && (numeric ? /[\s()/\\\p{Pd}]/u.test(character) : !isWord(character))
  let at = start
  while (at - start < widest && isGap(characters[at])) at += 1
  return at
}

/** Texts are cut, by systems and by us: at their end, before an ellipsis, or within quotation marks. */
const isCut = (characters: readonly string[], at: number): boolean =>
  at === characters.length || /^(?:\.\.\.|["'\p{Pf}])/u.test(characters.slice(at, at + 3).join(''))

/** A letter alone is a person's only in quotation marks. */
function isExact(word: string, text: string, { from, to }: Span): boolean {
  if (text.slice(from, to).normalize('NFC') !== word.normalize('NFC')) return false
  if ([...word].length > 1) return true
  return /["'\p{Pi}]$/u.test(text.slice(0, from)) && /^["'\p{Pf}]/u.test(text.slice(to))
}

/** What overlaps or adjoins is one. */
function blanked(text: string, spans: readonly Span[]): string {
  let whole = ''
  let done = 0
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    if (from > done || whole === '') whole += `${text.slice(done, from)}…`
    done = Math.max(done, to)
  }
  return whole + text.slice(done)
}

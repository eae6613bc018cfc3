import type { People } from '../../schemas/canonical/order.ts'
import { type Folded, isWord, readingsOf } from './folded.ts'
import { type Name, namesIn } from './names-in.ts'

/**
 * Removes an order's personal data from a system's text, in any spelling: case, accents, hyphens, spaces, escapes,
 * truncation. Never fails, because no pattern is built from the data.
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

/** End of the name that begins here, whole or truncated; `undefined` if it is not there. */
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

/** A truncated name counts from this many characters, and a prefix in any position from that many. */
const [telling, surely] = [6, 12]

/** Maximum separator between two parts of a name. */
const widest = 12

function afterGap(characters: readonly string[], start: number, { numeric }: Name): number {
  const isGap = (character: string | undefined) =>
    character !== undefined && (numeric ? /[\s()/\\\p{Pd}]/u.test(character) : !isWord(character))
  let at = start
  while (at - start < widest && isGap(characters[at])) at += 1
  return at
}

/** Texts may be truncated at their end, before an ellipsis, or inside quotation marks. */
const isCut = (characters: readonly string[], at: number): boolean =>
  at === characters.length || /^(?:\.\.\.|["'\p{Pf}])/u.test(characters.slice(at, at + 3).join(''))

/** A single letter counts as a name only in quotation marks. */
function isExact(word: string, text: string, { from, to }: Span): boolean {
  if (text.slice(from, to).normalize('NFC') !== word.normalize('NFC')) return false
  if ([...word].length > 1) return true
  return /["'\p{Pi}]$/u.test(text.slice(0, from)) && /^["'\p{Pf}]/u.test(text.slice(to))
}

/** Merges spans that overlap or touch. */
function blanked(text: string, spans: readonly Span[]): string {
  let whole = ''
  let done = 0
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    if (from > done || whole === '') whole += `${text.slice(done, from)}…`
    done = Math.max(done, to)
  }
  return whole + text.slice(done)
}

/** A text as names are looked for in it: folded characters, and where each stands in the text as it came. */
export interface Folded {
  readonly characters: readonly string[]
  /** Where each begins. */
  readonly from: readonly number[]
  /** Where each ends, with the marks that belong to it. */
  readonly to: readonly number[]
}

/** A text within another: where each of its code units begins and ends there. */
interface Within {
  readonly text: string
  readonly from: readonly number[]
  readonly to: readonly number[]
}

/** What is escaped for JSON within a URL within HTML takes as many readings. */
const mostReadings = 4

/** A text as it came, and as it reads with its escapes decoded: those of JSON, of URLs and of HTML, also within each other. */
export function readingsOf(text: string): readonly Folded[] {
  const units = Array.from({ length: text.length }, (_, at) => at)
  const readings: Within[] = [{ text, from: units, to: units.map((at) => at + 1) }]
  for (let last = readings[0]; last && readings.length < mostReadings; last = readings.at(-1)) {
    const next = decoded(last)
    if (next.text === last.text) break
    readings.push(next)
  }
  return readings.map(folded)
}

/** Letters, digits and pictures are what names are made of; all else only stands between. */
export const isWord = (character: string | undefined): boolean =>
  character !== undefined && /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(character)

/**
 * A character without case, accent and width: what two systems write differently is the same here. A mark or an invisible
 * character becomes nothing at all.
 */
export function fold(character: string): readonly string[] {
  if (character <= '~') return [character.toLowerCase()]
  const bare = plain(character)
  // There and back, because some letters have a capital that is another's, too: ß, ı, ς.
  return [...plain(bare.toUpperCase().toLowerCase())].map((each) => alike.get(each) ?? each)
}

const plain = (text: string): string => text.normalize('NFKD').replaceAll(/[\p{M}\p{Cf}]/gu, '')

/** Letters with a stroke have no accent that could be taken away; some apostrophes count as letters. */
const alike: ReadonlyMap<string, string> = new Map([
  ['ʼ', "'"],
  ['ʻ', "'"],
  ['ʹ', "'"],
  ['ꞌ', "'"],
  ['ø', 'o'],
  ['ł', 'l'],
  ['đ', 'd'],
  ['ð', 'd'],
  ['ħ', 'h'],
])

function folded({ text, from, to }: Within): Folded {
  const characters: string[] = []
  const begin: number[] = []
  const end: number[] = []
  let at = 0
  for (const character of text) {
    const last = at + character.length - 1
    const become = fold(character)
    for (const each of become) {
      characters.push(each)
      begin.push(from[at] ?? 0)
      end.push(to[last] ?? 0)
    }
    if (become.length === 0 && end.length > 0) end[end.length - 1] = to[last] ?? 0
    at = last + 1
  }
  return { characters, from: begin, to: end }
}

/** One character of UTF-8 in a URL, or one that is escaped for JSON or HTML. */
const escapes =
  /%[cd][\da-f]%[89ab][\da-f]|%e[\da-f](?:%[89ab][\da-f]){2}|%f[0-7](?:%[89ab][\da-f]){3}|%[\da-f]{2}|\\u[\da-f]{4}|\\u\{[\da-f]{1,6}\}|\\x[\da-f]{2}|\\[nrtbf"'/\\]|&#\d{1,7};|&#x[\da-f]{1,6};|&[a-z]{2,8};/gi

function decoded({ text, from, to }: Within): Within {
  const made: string[] = []
  const begin: number[] = []
  const end: number[] = []
  const add = (piece: string, first: number, last: number) => {
    made.push(piece)
    for (let unit = 0; unit < piece.length; unit++) {
      begin.push(from[first] ?? 0)
      end.push(to[last] ?? 0)
    }
  }
  let done = 0
  for (const { 0: found, index } of text.matchAll(escapes)) {
    for (; done < index; done++) add(text.charAt(done), done, done)
    done += found.length
    add(meaning(found), index, done - 1)
  }
  for (; done < text.length; done++) add(text.charAt(done), done, done)
  return { text: made.join(''), from: begin, to: end }
}

function meaning(written: string): string {
  if (written.startsWith('%')) return ofBytes(written)
  if (written.startsWith('&#')) {
    const code = written.slice(2, -1)
    return ofCode(code.startsWith('x') || code.startsWith('X') ? `0${code}` : code)
  }
  if (written.startsWith('&')) return ofEntity(written.slice(1, -1)) ?? written
  if (/^\\[ux]/i.test(written)) return ofCode(`0x${written.replaceAll(/[^\da-f]/gi, '')}`)
  return /[nrtbf]/.test(written) ? ' ' : written.slice(1)
}

/** What is no UTF-8 was Latin-1. */
function ofBytes(written: string): string {
  const bytes = written.split('%').slice(1)
  const [first = ''] = bytes
  const text = new TextDecoder().decode(Uint8Array.from(bytes, (byte) => Number(`0x${byte}`)))
  return text.includes('\uFFFD') ? ofCode(`0x${first}`) : text
}

/** Halves of a pair come one by one, and are one character together. */
const ofCode = (code: string): string =>
  Number(code) > 0x10ffff ? ' ' : String.fromCodePoint(Number(code))

/** HTML has a name for every letter of Latin-1 with an accent, and the letter is its beginning. */
function ofEntity(name: string): string | undefined {
  const letter = /^([a-z]{1,2}?)(?:acute|grave|circ|uml|tilde|ring|cedil|slash|caron|lig)$/i.exec(
    name,
  )
  return letter?.[1] ?? entities.get(name)
}

const entities: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['apos', "'"],
  ['quot', '"'],
  ['lt', '<'],
  ['gt', '>'],
  ['nbsp', ' '],
  ['shy', ''],
  ['szlig', 'ss'],
  ['rsquo', "'"],
  ['lsquo', "'"],
  ['ndash', '-'],
  ['mdash', '-'],
  ['hyphen', '-'],
])

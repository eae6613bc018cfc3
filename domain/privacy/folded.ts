/** A text prepared for searching names: folded characters with their positions in the original. */
export interface Folded {
  readonly characters: readonly string[]
  /** Start positions. */
  readonly from: readonly number[]
  /** End positions, including combining marks. */
  readonly to: readonly number[]
}

/** A text within another, with the positions of its code units there. */
interface Within {
  readonly text: string
  readonly from: readonly number[]
  readonly to: readonly number[]
}

/** JSON within a URL within HTML needs this many decodings. */
const mostReadings = 4

/** The original text and its decodings (JSON, URL and HTML escapes, also nested). */
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

/** Names consist of letters, digits and emoji; everything else separates them. */
export const isWord = (character: string | undefined): boolean =>
  character !== undefined && /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(character)

/**
 * A character without case, accent and width, so that different spellings match. A mark or an invisible character
 * becomes nothing.
 */
export function fold(character: string): readonly string[] {
  if (character <= '~') return [character.toLowerCase()]
  const bare = plain(character)
  // Upper and lower again, because some letters share a capital: ß, ı, ς.
  return [...plain(bare.toUpperCase().toLowerCase())].map((each) => alike.get(each) ?? each)
}

const plain = (text: string): string => text.normalize('NFKD').replaceAll(/[\p{M}\p{Cf}]/gu, '')

/** Letters with a stroke have no accent to remove; some apostrophes count as letters. */
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

/** One UTF-8 character in a URL, or one escaped for JSON or HTML. */
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

/** Bytes that are not UTF-8 are read as Latin-1. */
function ofBytes(written: string): string {
  const bytes = written.split('%').slice(1)
  const [first = ''] = bytes
  const text = new TextDecoder().decode(Uint8Array.from(bytes, (byte) => Number(`0x${byte}`)))
  return text.includes('\uFFFD') ? ofCode(`0x${first}`) : text
}

/** The halves of a surrogate pair arrive separately and form one character. */
const ofCode = (code: string): string =>
  Number(code) > 0x10ffff ? ' ' : String.fromCodePoint(Number(code))

/** HTML names accented Latin-1 letters after their base letter. */
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

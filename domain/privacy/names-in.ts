import type { Edit, People } from '../../schemas/canonical/order.ts'
import { fold, isWord } from './folded.ts'

/** Personal data in the form in which it is searched for. */
export interface Name {
  /** Folded runs of letters and digits. Between two runs, a text may have any separators or none. */
  readonly parts: readonly (readonly string[])[]
  /** Matches whole words only: "Ann" is not found in "cannot". */
  readonly alone: boolean
  /** Digits only: between them a text may have phone or postal-code separators, but no decimal point. */
  readonly numeric: boolean
  /** So short that only the exact spelling counts. */
  readonly exactly?: string
}

/**
 * All of an order's personal data that a text may quote, without duplicates. Of values longer than `most` characters
 * (the text's length) only the beginning is used.
 */
export function namesIn({ edits = [], ...people }: People, most: number): readonly Name[] {
  const texts = [...textsIn(people), ...edits.filter(isPersonal).flatMap(valuesOf)]
  const names = texts.flatMap(([field, text]) =>
    variantsOf(text).flatMap((each) => named(field, partsOf(each, most), each)),
  )
  return [...new Map(names.map((name) => [JSON.stringify(name), name])).values()]
}

type Field = readonly [field: string, text: string]

/** Customer ids are needed by cross-references, and countries identify no one. */
const impersonal: ReadonlySet<string> = new Set(['id', 'countryCode'])

function textsIn(value: object): readonly Field[] {
  return Object.entries(value).flatMap(([field, each]): readonly Field[] => {
    if (typeof each === 'string') return impersonal.has(field) ? [] : [[field, each]]
    return typeof each === 'object' && each !== null ? textsIn(each) : []
  })
}

/** Other edits change articles and codes. */
const isPersonal = ({ field }: Edit): boolean => /^(?:shipTo|billTo|note)(?:\.|$)/.test(field)

const valuesOf = ({ field, old, value }: Edit): readonly Field[] =>
  textsIn({ [field.split('.').at(-1) ?? '']: old }).concat(
    textsIn({ [field.split('.').at(-1) ?? '']: value }),
  )

/** Some systems expand umlauts. */
function variantsOf(text: string): readonly string[] {
  const composed = text.normalize('NFC')
  const apart = composed.replaceAll(
    /[äöüåæøœ]/gi,
    (letter) => apartAs.get(letter.toLowerCase()) ?? '',
  )
  return apart === composed ? [text] : [text, apart]
}

const apartAs: ReadonlyMap<string, string> = new Map([
  ['ä', 'ae'],
  ['æ', 'ae'],
  ['ö', 'oe'],
  ['ø', 'oe'],
  ['œ', 'oe'],
  ['ü', 'ue'],
  ['å', 'aa'],
])

/** People are called by parts of their name; the end of a phone number is the same in every notation. */
function named(field: string, parts: Name['parts'], text: string): readonly Name[] {
  switch (field) {
    case 'name': {
      const words = [...new Set(text.split(/\s+/))]
      return [...whole(parts), ...words.flatMap(ofWord), ...parts.flatMap((part) => whole([part]))]
    }
    case 'phone': {
      const digits = parts.flat()
      const ends = digits.length > telephone ? [digits.slice(-telephone)] : []
      return [digits, ...ends].flatMap((each) => whole(each.map((digit) => [digit])))
    }
    case 'postalCode':
      return [...whole(parts), ...whole(parts.slice(0, 1).filter(({ length }) => length > 3))]
    default:
      return whole(parts)
  }
}

/** Digits that national and international notations share. */
const telephone = 8

/** Runs of name characters, up to one more than the length of the searched text. */
function partsOf(text: string, most: number): Name['parts'] {
  const parts: string[][] = [[]]
  let count = 0
  for (const character of text) {
    for (const each of fold(character)) {
      if (isWord(each)) {
        parts.at(-1)?.push(each)
        count += 1
      } else if (parts.at(-1)?.length !== 0) parts.push([])
    }
    if (count > most) break
  }
  return parts.filter(({ length }) => length > 0)
}

/** Shorter strings are part of many words. */
const short = 6

function whole(parts: Name['parts']): readonly Name[] {
  const characters = parts.flat()
  const dense = characters.some(isDense)
  if (characters.length < (dense ? 2 : 3)) return []
  const numeric = characters.every((each) => /\p{N}/u.test(each))
  return [{ parts, alone: !dense && characters.length < short, numeric }]
}

/** In scripts without spaces, a name needs no spaces around it. */
const isDense = (character: string): boolean =>
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u.test(
    character,
  )

/** A word of a name. A two-letter word counts only in the order's exact spelling. */
function ofWord(word: string): readonly Name[] {
  const parts = partsOf(word, Number.POSITIVE_INFINITY)
  const isShort = parts.flat().length < 3 && whole(parts).length === 0
  if (!isShort || parts.length !== 1) return whole(parts)
  return [{ parts, alone: true, numeric: false, exactly: word.trim() }]
}

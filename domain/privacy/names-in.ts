import type { Edit, People } from '../../schemas/canonical/order.ts'
import { fold, isWord } from './folded.ts'

/** Something that points at a person, as it is looked for in texts. */
export interface Name {
  /** Runs of letters and digits, folded. Between two of them a text may have anything that is neither, or nothing. */
  readonly parts: readonly (readonly string[])[]
  /** It counts only as a word of its own: an Ann is not looked for in "cannot". */
  readonly alone: boolean
  /** Only digits: between them a text may have what telephones and postal codes have, and no decimal point. */
  readonly numeric: boolean
  /** So short that it counts only where it is written exactly so. */
  readonly exactly?: string
}

/**
 * Everything in an order's personal data that a text may quote, each once. Of what is longer than `most` characters, which the
 * text has, the beginning is enough.
 */
export function namesIn({ edits = [], ...people }: People, most: number): readonly Name[] {
  const texts = [...textsIn(people), ...edits.filter(isPersonal).flatMap(valuesOf)]
  const names = texts.flatMap(([field, text]) =>
    variantsOf(text).flatMap((each) => named(field, partsOf(each, most), each)),
  )
  return [...new Map(names.map((name) => [JSON.stringify(name), name])).values()]
}

type Field = readonly [field: string, text: string]

/** Ids of customers are what cross-references go by, and countries say nothing of a person. */
const impersonal: ReadonlySet<string> = new Set(['id', 'countryCode'])

function textsIn(value: object): readonly Field[] {
  return Object.entries(value).flatMap(([field, each]): readonly Field[] => {
    if (typeof each === 'string') return impersonal.has(field) ? [] : [[field, each]]
    return typeof each === 'object' && each !== null ? textsIn(each) : []
  })
}

/** Others change articles and codes. */
const isPersonal = ({ field }: Edit): boolean => /^(?:shipTo|billTo|note)(?:\.|$)/.test(field)

const valuesOf = ({ field, old, value }: Edit): readonly Field[] =>
  textsIn({ [field.split('.').at(-1) ?? '']: old }).concat(
    textsIn({ [field.split('.').at(-1) ?? '']: value }),
  )

/** Some systems take umlauts apart. */
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

/** People are called by parts of their name; of a telephone number the end is the same however it is dialled. */
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

/** Digits that a country's own numbers do not differ in from international ones. */
const telephone = 8

/** Runs of what names are made of, up to one character more than the text has that they are looked for in. */
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

/** What is shorter than this is part of many words, and many words are as short. */
const short = 6

function whole(parts: Name['parts']): readonly Name[] {
  const characters = parts.flat()
  const dense = characters.some(isDense)
  if (characters.length < (dense ? 2 : 3)) return []
  const numeric = characters.every((each) => /\p{N}/u.test(each))
  return [{ parts, alone: !dense && characters.length < short, numeric }]
}

/** Of scripts that put no space between words a name needs none around it. */
const isDense = (character: string): boolean =>
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u.test(
    character,
  )

/** A word of a name. One of two letters is a word like any other, unless it is written as the order has it. */
function ofWord(word: string): readonly Name[] {
  const parts = partsOf(word, Number.POSITIVE_INFINITY)
  const isShort = parts.flat().length < 3 && whole(parts).length === 0
  if (!isShort || parts.length !== 1) return whole(parts)
  return [{ parts, alone: true, numeric: false, exactly: word.trim() }]
}

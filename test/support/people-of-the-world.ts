import fc from 'fast-check'
import type { Address, People } from '../../schemas/canonical/order.ts'

/** What people are called, and what channels let them type. */
export const namesOfTheWorld: readonly string[] = [
  "Jean-Luc O'Neil (Anna)",
  'Mary–Kate D’Arcy',
  'María José García-Márquez',
  'Zoë Łukasiewicz',
  'Jörg Müßener-Groß',
  'Søren Ångström',
  'İbrahim Işık',
  'Nguyễn Thị Hương',
  'Oʻahu Kealiʻi',
  'محمد بن سلمان',
  'יעל כהן־לוי',
  'Александр Петров-Водкин',
  'Γιώργος Παπαδόπουλος',
  '山田 太郎',
  '王伟',
  '김민수',
  'สมชาย ใจดี',
  'Robert"); DROP TABLE',
  'Anna 🙂 Bell',
  '.*+?^$|(){}[]\\/- Regexson',
  '[object Object]',
  'X Æ A-12 Musk',
]

/** Names of which nothing can be taken out of a text, and which must not spoil one. */
export const namesOfNobody: readonly string[] = [
  '',
  ' ',
  'A',
  '-',
  '.',
  '(',
  '\\',
  '*',
  '🙂',
  '\uD800',
  '\u202E',
  '́',
]

const anyText = fc.oneof(
  fc.constantFrom(...namesOfTheWorld, ...namesOfNobody),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme-composite' }),
  fc.string({ unit: fc.constantFrom(...'-\'’"()[]{}.*+?^$|\\/ aé%&;#\uD83D\uDE00\u0301\u200F') }),
  fc.nat(3000).map((count) => 'a-'.repeat(count)),
)

const address: fc.Arbitrary<Address> = fc.record(
  {
    name: anyText,
    company: anyText,
    address1: anyText,
    address2: anyText,
    city: anyText,
    postalCode: anyText,
    phone: anyText,
    countryCode: fc.constant('DE'),
  },
  { requiredKeys: ['name', 'address1', 'city', 'countryCode'] },
)

/** Whatever the schema of people lets through. */
export const anyPeople: fc.Arbitrary<People> = fc.record(
  {
    customer: fc.record(
      { id: anyText, name: anyText, email: anyText, phone: anyText },
      { requiredKeys: [] },
    ),
    shipTo: address,
    billTo: address,
    note: anyText,
    edits: fc.array(
      fc.record({
        field: fc.constantFrom('shipTo', 'shipTo.name', 'note', 'lines.1.sku'),
        old: fc.option(fc.oneof(anyText, address)),
        value: fc.option(fc.oneof(anyText, address)),
        by: fc.constant('arn'),
        at: fc.constant('2026-11-21T10:00:00.000Z'),
      }),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
)

export { anyText }

/** How systems write what they were sent. */
export const writings: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'in capitals': (text) => text.toUpperCase(),
  'in small letters': (text) => text.toLowerCase(),
  composed: (text) => text.normalize('NFC'),
  decomposed: (text) => text.normalize('NFD'),
  'in full width': (text) =>
    text.replaceAll(/[a-z]/gi, (c) => String.fromCodePoint((c.codePointAt(0) ?? 0) + 0xfee0)),
  'without hyphens': (text) => text.replaceAll(/\p{Pd}/gu, ''),
  'with a space for each hyphen': (text) => text.replaceAll(/\p{Pd}/gu, ' '),
  'with another dash': (text) => text.replaceAll(/\p{Pd}/gu, '‑'),
  'with a typographic apostrophe': (text) => text.replaceAll("'", '’'),
  'without apostrophes': (text) => text.replaceAll(/['’ʻ]/g, ''),
  'on two lines': (text) => text.replaceAll(' ', '\r\n  '),
  'as JSON': (text) => JSON.stringify(text).slice(1, -1),
  'as ASCII JSON': (text) =>
    JSON.stringify(text)
      .slice(1, -1)
      .replaceAll(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
  'as JSON in JSON': (text) => JSON.stringify(JSON.stringify(text)),
  'in a URL': (text) => encodeURIComponent(text),
  'in a form': (text) => new URLSearchParams({ q: text }).toString().slice(2),
  'in HTML': (text) => text.replaceAll(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`),
  'in ASCII HTML': (text) =>
    [...text].map((c) => (c > '~' ? `&#x${c.codePointAt(0)?.toString(16)};` : c)).join(''),
  'with HTML’s names': (text) =>
    text
      .replaceAll('&', '&amp;')
      .replaceAll("'", '&apos;')
      .replaceAll('"', '&quot;')
      .replaceAll('é', '&eacute;')
      .replaceAll('ö', '&ouml;'),
  'with umlauts apart': (text) =>
    text
      .normalize('NFC')
      .replaceAll('ö', 'oe')
      .replaceAll('ü', 'ue')
      .replaceAll('å', 'aa')
      .replaceAll('ø', 'oe')
      .replaceAll('Å', 'Aa'),
  'after a mark of direction': (text) => `\u200F${text}\u200E`,
}

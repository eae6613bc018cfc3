import { randomBytes } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { decodeState } from '../../../platform/dynamodb/state-codec.ts'

/** How people of the world are called around a canary's word: hyphens, apostrophes, brackets, syntax, other directions and accents. */
const shapes: readonly ((word: string) => string)[] = [
  (word) => `Jean-${word} O'Neil (Anna)`,
  (word) => `${word}-Luc D’Arcy`,
  (word) => `محمد ${word}`,
  (word) => `[${word}.*+?^$|\\]`,
  (word) => `A ${word}`,
  (word) => `Jose\u0301 ${word} 🙂`,
  (word) => `${word}/Œ-Łódź`,
  (word) => word,
]
let made = 0

/** A person whom nobody else is called like, in every field that a channel has for one. */
export function canaryOf(flow: string) {
  const word = (field: string) => `Zqxj${flow}${field}${randomBytes(4).toString('hex')}`
  const digits = String(randomBytes(6).readUIntBE(0, 6)).padStart(15, '7').slice(0, 12)
  const shape = shapes[made++ % shapes.length] ?? ((name: string) => name)
  const first = shape(word('first'))
  const last = word('last')
  const address = {
    first_name: first,
    last_name: last,
    name: `${first} ${last}`,
    company: made % 3 === 0 ? '' : `${word('company')} & Co.`,
    address1: `12-${word('street')}/B`,
    address2: word('floor'),
    city: 'Portland',
    province_code: 'OR',
    zip: '97209-1234',
    country_code: 'US',
    phone: `+1${digits}`,
  }
  const email = `${word('mail')}@example.com`
  const gift = word('gift')
  const note = `ring ${word('note')}`
  return {
    /** As Shopify has them in a body. */
    shopify: {
      email,
      phone: address.phone,
      note,
      note_attributes: [{ name: 'gift message', value: gift }],
      customer: { id: Number(digits.slice(0, 9)), first_name: first, last_name: last, email },
      shipping_address: address,
      billing_address: { ...address, company: word('payer') },
    },
    /** As a till submits them. */
    people: {
      customer: { name: address.name, email, phone: address.phone },
      shipTo: {
        name: address.name,
        company: address.company,
        address1: address.address1,
        address2: address.address2,
        city: address.city,
        provinceCode: 'OR',
        postalCode: address.zip,
        countryCode: 'US',
        phone: address.phone,
      },
      note,
    },
    word,
  }
}
export type Canary = ReturnType<typeof canaryOf>

/** What no text may have: canaries' words begin alike, and telephone numbers are collected here. */
const marked = /Zqxj[a-z]+[0-9a-f]{8}/gi

/** Canaries in a text, wherever they hide: in the text itself, in Base64, zipped or packed within it. */
export function canariesIn(text: string, phones: readonly string[]): readonly string[] {
  const found = new Set<string>()
  for (const each of layersOf(text)) {
    for (const [word] of each.matchAll(marked)) found.add(word)
    for (const phone of phones) if (each.includes(phone.slice(1))) found.add(phone)
  }
  return [...found]
}

/** The text, and what the Base64 in it is once it is decoded, unzipped and unpacked. */
function* layersOf(text: string): Generator<string> {
  yield text
  for (const [encoded] of text.matchAll(/[A-Za-z0-9+/_-]{24,}={0,2}/g)) {
    const inner = openedFrom(Buffer.from(encoded, 'base64'))
    if (inner !== undefined) yield* layersOf(inner)
  }
}

/** What bytes say by how they begin; most that look like Base64 are names and numbers, and say nothing. */
function openedFrom(bytes: Buffer): string | undefined {
  try {
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipSync(bytes).toString('utf8')
    if (bytes[0] === 0x78) return JSON.stringify(decodeState(bytes))
    return bytes.every((byte) => byte > 8 && byte < 127) ? bytes.toString('utf8') : undefined
  } catch {
    return undefined
  }
}

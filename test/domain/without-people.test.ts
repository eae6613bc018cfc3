import fc from 'fast-check'
import { withoutPeople } from '../../domain/privacy/without-people.ts'
import type { People } from '../../schemas/canonical/order.ts'
import {
  anyPeople,
  anyText,
  namesOfNobody,
  namesOfTheWorld,
  writings,
} from '../support/people-of-the-world.ts'

const calledOnly = (name: string): People => ({ customer: { name } })

const reasons = [
  'refused it (422): a value is not valid',
  'please enter value(s) for: item, quantity',
  'no answer to POST from api.example.com (8000 ms)',
  'line 3: no SKU at the channel (a deleted product or a custom item)',
  'the total is 12.345,00 EUR and not 10.10',
]

test('no name and no text makes it throw', () => {
  fc.assert(
    fc.property(anyText, anyPeople, (said, people) => {
      expect(typeof withoutPeople(said, people)).toBe('string')
    }),
    { numRuns: 500 },
  )
})

test.each(Object.entries(writings))(
  'no name in any script remains in a text that has it %s',
  (_, write) => {
    for (const name of namesOfTheWorld) {
      for (const [before, after] of [
        ['no address for ', ' here'],
        ['"', '" is unknown'],
        ['{"name":"', '"}'],
        ['', ''],
      ]) {
        const shown = withoutPeople(`${before}${write(name)}${after}`, calledOnly(name))
        const letters = shown.slice((before ?? '').length, shown.length - (after ?? '').length)
        expect([
          name,
          shown,
          letters
            .replaceAll(/\\u[\da-f]{4}|&[#\w]+;|%[\dA-F]{2}|\\n/g, '')
            .match(/[\p{L}\p{N}]{3,}/gu),
        ]).toEqual([name, shown, null])
        expect(shown.startsWith(before ?? '') && shown.endsWith(after ?? '')).toBe(true)
        expect(shown).toContain('…')
      }
    }
  },
)

test('each part of a name is removed separately', () => {
  const people = calledOnly("Jean-Luc O'Neil (Anna)")
  for (const part of [
    'Jean',
    'luc',
    'JEAN LUC',
    'O’NEIL',
    'oneil',
    '(Anna)',
    'O&#39;Neil',
    'O\\u0027Neil',
  ])
    expect(withoutPeople(`not ${part}, no`, people)).toMatch(/^not \(?…\)?, no$/)
})

test('names of one letter or none leave reasons intact', () => {
  for (const reason of [...reasons, 'A reason, and a second one; "B" - (c) * . \\ [x]'])
    for (const name of namesOfNobody)
      expect(
        withoutPeople(reason, {
          customer: { name },
          shipTo: { name, address1: name, city: name, countryCode: 'US' },
          note: name,
        }),
      ).toBe(reason)
})

test('reasons without names stay unchanged', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...reasons),
      fc.array(fc.constantFrom(...namesOfTheWorld), { minLength: 1, maxLength: 4 }),
      (reason, [name = '', company = '', city = '', note = '']) => {
        const shipTo = { name, company, address1: `${name} 7`, city, countryCode: 'DE' }
        expect(withoutPeople(reason, { customer: { name }, shipTo, note })).toBe(reason)
      },
    ),
  )
})

test('removing names twice changes nothing more', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...namesOfTheWorld),
      fc.constantFrom(...Object.values(writings)),
      (name, write) => {
        const people = calledOnly(name)
        const once = withoutPeople(`sent to ${write(name)}, refused`, people)
        expect(withoutPeople(once, people)).toBe(once)
      },
    ),
  )
})

const people: People = {
  customer: { name: 'Li Na', email: 'x-1.y@privaterelay.example', phone: '+49 30 1234-5678' },
  shipTo: {
    name: 'Al',
    address1: '12 Łódź-Straße',
    city: 'Winston-Salem',
    postalCode: '62701-1234',
    countryCode: 'US',
  },
  edits: [
    {
      field: 'shipTo.city',
      old: 'Oldtown',
      value: 'Winston-Salem',
      by: 'arn:x',
      at: '2026-11-21T10:00:00.000Z',
    },
  ],
}

test.each([
  ['zip 62701-1234', 'zip …'],
  ['zip 62701 1234 and 627011234', 'zip … and …'],
  ['zip 62701 is in another state', 'zip … is in another state'],
  ['1234 is no zip', '1234 is no zip'],
  ['62701.1234 USD', '….1234 USD'],
  ['call 4930 12345678', 'call …'],
  ['call (030) 12345678', 'call (030) …'],
  ['to X-1.Y@PRIVATERELAY.EXAMPLE', 'to …'],
  ['12 LODZ STRASSE', '…'],
  ['%20winston+salem%20', '%20…%20'],
  ['Oldtown, now Winston Salem', '…, now …'],
  ['LI NA', '…'],
  ['Li of no. 3 is no li', '… of no. 3 is no li'],
  ['Al is not al', '… is not al'],
  ['sent to "12 Łódź-S" only', 'sent to "…" only'],
  ['sent to 12 Łódź-S...', 'sent to …...'],
])('%j is shown as %j', (said, shown) => {
  expect(withoutPeople(said, people)).toBe(shown)
})

test('large personal data does not slow down usual texts', () => {
  const long = 'a-b '.repeat(50_000)
  const began = process.cpuUsage()
  withoutPeople(reasons.join(' '), { note: long, customer: { name: long } })
  expect(process.cpuUsage(began).user / 1000).toBeLessThan(1000)
})

import { interpretAnswer, interpretLookup } from '../../connectors/generic-webhook/interpret.ts'
import type { Reply } from '../../domain/account.ts'
import { ok } from '../../domain/result.ts'
import type { People } from '../../schemas/canonical/order.ts'
import { subjectOf } from '../support/generic-webhook.ts'

const now = new Date('2026-11-21T10:00:00.000Z')
const { people } = subjectOf('release-plain').order

const reply = (status: number, body: unknown = '', headers: Reply['headers'] = {}): Reply => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
const answer = (given: Reply, whose: People = people) =>
  interpretAnswer(given, { now, people: whose, answersWithinSeconds: 900 })
const failed = (next: string, more: object = {}) => ({ ok: false, error: { next, ...more } })
const reference = { id: '17', number: 'SO-17' }

describe('the answer to a message', () => {
  test.each([200, 201, 409])('%i with a reference is done', (status) => {
    expect(answer(reply(status, { reference }))).toEqual(ok(reference))
  })

  test('keeps what finance has to look at, and takes a number for its digits', () => {
    const body = '{"reference":{"id":9007199254740993,"number":12,"differs":"0.01 less","x":1}}'
    expect(answer(reply(200, body))).toEqual(
      ok({ id: '9007199254740993', number: '12', differs: '0.01 less' }),
    )
    expect(answer(reply(200, { reference: { id: '1', number: null } }))).toEqual(ok({ id: '1' }))
  })

  test.each([
    ['an empty 200', reply(200)],
    ['a 204', reply(204)],
    ['a reference without an id', reply(200, { reference: { number: '1' } })],
    ['an empty id', reply(201, { reference: { id: '' } })],
    ['a page', reply(200, '<html></html>')],
    ['an internal error', reply(500, { reference })],
    ['a proxy that gave up', reply(504)],
    ['a time-out of the server', reply(408)],
    ['503 that does not say for how long', reply(503)],
    ['503 until a day that is none', reply(503, '', { 'retry-after': 'soon' })],
  ])('%s is a doubt', (_, given) => {
    expect(answer(given)).toMatchObject(failed('doubt'))
  })

  test('202 is a doubt that its system ends by itself, whatever the body says', () => {
    expect(answer(reply(202, { reference }))).toMatchObject(failed('doubt', { answersWithin: 900 }))
  })

  test.each([
    ['400', reply(400)],
    ['410', reply(410)],
    ['413', reply(413)],
    ['422', reply(422, 'no json')],
    ['409 that does not say what is there', reply(409, { detail: 'exists' })],
  ])('%s is a refusal', (status, given) => {
    expect(answer(given)).toMatchObject(
      failed('except', {
        code: 'effect-refused',
        reason: expect.stringContaining(status.slice(0, 3)),
      }),
    )
  })

  test('a refusal is quoted on one line and not at length', () => {
    const refused = answer(reply(422, { title: 'No', detail: 'No such\n SKU:\u0000 TEE-M' }))
    expect(refused).toMatchObject(
      failed('except', { reason: 'the system refused it (422): No such SKU:\uFFFD TEE-M' }),
    )
    const titled = answer(reply(400, { title: 'Closed year' }))
    expect(titled).toMatchObject(
      failed('except', { reason: expect.stringMatching(/Closed year$/) }),
    )
    const long = answer(reply(400, { detail: 'x'.repeat(5000) }))
    expect(JSON.stringify(long).length).toBeLessThan(450)
  })

  test('a refusal is quoted without what the order says of people', () => {
    const detail =
      'alex SAMPLE of 1  Example Street, Springfield 62701: Mr. Sample (alex@example.com, +1 555 0100) is blocked'
    const said = JSON.stringify(answer(reply(422, { detail })))
    expect(said).toContain('is blocked')
    for (const word of [
      'alex',
      'Sample',
      'Street',
      'Springfield',
      '62701',
      'example.com',
      '0100',
    ]) {
      expect(said.toLowerCase()).not.toContain(word.toLowerCase())
    }
    expect(answer(reply(422, { detail: 'US: IL is closed' }))).toMatchObject(
      failed('except', { reason: expect.stringContaining('US: IL is closed') }),
    )
    const tricky = { note: 'a+b (c', customer: { name: '[x' } }
    expect(answer(reply(422, { detail: 'a+b (c' }), tricky)).toMatchObject(failed('except'))
  })

  test.each([401, 403, 404, 405, 301, 302, 307, 308])(
    '%i stops the connection, because no message of it can arrive',
    (status) => {
      expect(answer(reply(status, { detail: 'no' }))).toMatchObject(failed('halt'))
    },
  )

  test.each([
    ['429', reply(429), 30],
    ['429 with seconds', reply(429, '', { 'retry-after': '7' }), 7],
    ['503 with seconds', reply(503, '', { 'retry-after': '120' }), 120],
    ['503 with a date', reply(503, '', { 'retry-after': 'Sat, 21 Nov 2026 10:00:30 GMT' }), 30],
    ['a date that is past', reply(503, '', { 'retry-after': 'Sat, 21 Nov 2026 09:00:00 GMT' }), 1],
    ['a week', reply(429, '', { 'retry-after': '604800' }), 3600],
  ])('%s waits as long as it was told, an hour at most', (_, given, seconds) => {
    expect(answer(given)).toMatchObject(failed('wait', { seconds }))
  })
})

describe('the answer to a look-up', () => {
  const found = (given: Reply) => interpretLookup(given, now)

  test('is what was made, or that there is nothing', () => {
    expect(found(reply(200, { reference }))).toEqual(ok(reference))
    expect(found(reply(404))).toEqual(ok(undefined))
  })

  test.each([
    ['202', reply(202), 'doubt'],
    ['202 with a reference', reply(202, { reference }), 'doubt'],
    ['500 with a reference', reply(500, { reference }), 'retry'],
    ['an empty 200', reply(200), 'retry'],
    ['204', reply(204), 'retry'],
    ['410', reply(410), 'retry'],
    ['500', reply(500), 'retry'],
    ['503', reply(503), 'retry'],
    ['503 with seconds', reply(503, '', { 'retry-after': '3' }), 'wait'],
    ['429', reply(429), 'wait'],
    ['401', reply(401), 'halt'],
    ['302', reply(302), 'halt'],
  ])('%s never says that there is nothing', (_, given, next) => {
    expect(found(given)).toMatchObject(failed(next))
  })
})

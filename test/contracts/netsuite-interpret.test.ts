import fc from 'fast-check'
import { interpret } from '../../connectors/netsuite/responses.ts'
import type { Reply } from '../../domain/account.ts'

const json = { 'content-type': 'application/vnd.oracle.resource+json; type=error' }

const says = (status: number, code: string, detail = '', path?: string): Reply => ({
  status,
  headers: json,
  body: JSON.stringify({
    title: 'x',
    status,
    'o:errorDetails': [{ detail, 'o:errorCode': code, ...(path && { 'o:errorPath': path }) }],
  }),
})
const bare = (status: number, body = '', headers = {}): Reply => ({ status, body, headers })
const html = '<html><body>Service Unavailable</body></html>'

const table: readonly (readonly [string, Reply, read: string, write: string])[] = [
  ['no content', bare(204), 'ok', 'ok'],
  ['a document', bare(200, '{"id":"1"}'), 'ok', 'ok'],
  ['taken for later', bare(202), 'retry', 'doubt'],
  ['429', bare(429), 'wait', 'wait'],
  ['429 by a proxy', bare(429, html), 'wait', 'wait'],
  ['429 with its code', says(429, 'CONCURRENCY_LIMIT_EXCEEDED'), 'wait', 'wait'],
  ['400 that is throttling', says(400, 'SSS_REQUEST_LIMIT_EXCEEDED'), 'wait', 'wait'],
  ['a blocked request', says(403, 'WS_REQUEST_BLOCKED'), 'wait', 'wait'],
  ['400 on a field', says(400, 'INVALID_CONTENT', '', 'entity'), 'except', 'except'],
  ['400 by a user event script', says(400, 'USER_ERROR', 'Credit hold'), 'except', 'except'],
  ['the record is there by code', says(400, 'DUP_RCRD'), 'ignore', 'ignore'],
  [
    'the record is there by words',
    says(400, 'USER_ERROR', 'This record already exists'),
    'ignore',
    'ignore',
  ],
  [
    'the customer is there',
    says(400, 'USER_ERROR', 'This entity already exists'),
    'ignore',
    'ignore',
  ],
  [
    'something else exists',
    says(400, 'USER_ERROR', 'A customer record with this ID already exists'),
    'except',
    'except',
  ],
  ['an idempotency key seen before', says(400, 'IDEMPOTENCY_ERROR'), 'retry', 'doubt'],
  ['somebody else changed it', says(400, 'RCRD_HAS_BEEN_CHANGED'), 'retry', 'retry'],
  ['a conflict', bare(409), 'retry', 'retry'],
  ['no such record', says(404, 'NONEXISTENT_ID'), 'except', 'except'],
  ['a wrong method', bare(405), 'except', 'except'],
  ['no right', says(403, 'INSUFFICIENT_PERMISSION'), 'halt', 'halt'],
  ['no right as a bad request', says(400, 'INSUFFICIENT_PERMISSION'), 'halt', 'halt'],
  ['no login', says(401, 'INVALID_LOGIN'), 'halt', 'halt'],
  ['another data centre', bare(302, '', { location: 'https://example.com' }), 'halt', 'halt'],
  ['a slow request', bare(408), 'retry', 'doubt'],
  ['an unexpected error', says(500, 'UNEXPECTED_ERROR'), 'retry', 'doubt'],
  ['a bad gateway', bare(502, html), 'retry', 'doubt'],
  ['maintenance', bare(503, html), 'retry', 'doubt'],
  ['a gateway timeout', bare(504), 'retry', 'doubt'],
  ['a page with 200', bare(200, html), 'retry', 'doubt'],
  ['a page with 403', bare(403, html), 'retry', 'doubt'],
  ['an error with 200', bare(200, says(400, 'INVALID_CONTENT').body), 'except', 'except'],
  ['a breakdown with 200', bare(200, says(500, 'UNEXPECTED_ERROR').body), 'retry', 'doubt'],
  ['a number', bare(200, '7'), 'retry', 'doubt'],
  ['an unknown status', bare(599), 'retry', 'doubt'],
]

const nextOf = (kind: 'read' | 'write', reply: Reply): string => {
  const told = interpret(reply, kind)
  return told.ok ? 'ok' : told.error.next
}

test.each(table)('%s', (_, reply, read, write) => {
  expect([nextOf('read', reply), nextOf('write', reply)]).toEqual([read, write])
})

test.each([
  [undefined, 10],
  ['7', 7],
  ['0', 1],
  ['86400', 900],
  ['soon', 10],
])('waits for Retry-After %s: %i s', (header, seconds) => {
  const headers = header === undefined ? {} : { 'retry-after': header }
  expect(interpret(bare(429, '', headers), 'read')).toMatchObject({ error: { seconds } })
})

test.each([
  ['NetSuite itself', says(404, 'NONEXISTENT_ID'), 'order-not-found'],
  ['a wrong address', says(404, 'INVALID_URL'), 'effect-refused'],
  ['a proxy', bare(404), 'effect-refused'],
])('only NetSuite itself can say that a record is not there: %s', (_, reply, code) => {
  expect(interpret(reply, 'read')).toMatchObject({ error: { code } })
})

test('a refusal names the item and the path', () => {
  const detail =
    'Error while accessing resource: You have entered an Invalid Field Value SKU-9 for the following field: item'
  expect(interpret(says(400, 'INVALID_CONTENT', detail, 'item.items[0].item'), 'write')).toEqual({
    ok: false,
    error: {
      next: 'except',
      code: 'effect-refused',
      reason:
        'NetSuite refused it (400): INVALID_CONTENT at item.items[0].item You have entered an Invalid Field Value SKU-9 for the following field: item',
    },
  })
})

test.each([
  [
    'Invalid Field Value Sample Street 1 for the following field: addr1',
    'shippingAddress.addr1',
    'invalid value for the field addr1',
  ],
  [
    'Please enter value(s) for: Location, Class',
    undefined,
    'please enter value(s) for: Location, Class',
  ],
  ['recipient@example.com is not an e-mail address', 'email', 'at email'],
])('a refusal about a person repeats nothing of them: %s', (detail, path, kept) => {
  const told = interpret(says(400, 'INVALID_CONTENT', detail, path), 'write')
  const reason = told.ok ? '' : told.error.reason
  expect(reason).toContain(kept)
  expect(reason).not.toMatch(/Sample Street|recipient|example/)
})

test('never throws, never calls a write that may have happened repeatable, and always gives a reason', () => {
  const reply = fc.record({
    status: fc.integer({ min: 0, max: 999 }),
    headers: fc.dictionary(fc.constantFrom('retry-after', 'content-type'), fc.string()),
    body: fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map((value) => JSON.stringify({ 'o:errorDetails': value })),
      fc
        .jsonValue()
        .map((value) => JSON.stringify({ status: value, 'o:errorDetails': [{ detail: value }] })),
    ),
  })
  fc.assert(
    fc.property(reply, (answer) => {
      const told = interpret(answer, 'write')
      if (told.ok) expect(Math.floor(answer.status / 100)).toBe(2)
      else {
        expect(told.error.reason).not.toBe('')
        if (told.error.next === 'retry') expect(answer.status).toBe(409)
      }
    }),
  )
})

import fc from 'fast-check'
import { interpret, isStale } from '../../connectors/business-central/responses.ts'
import type { Reply } from '../../domain/account.ts'

const says = (status: number, code: string, message = 'Something.'): Reply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ error: { code, message } }),
})
const bare = (status: number, body = '', headers = {}): Reply => ({ status, body, headers })
const html = '<html><body>Service Unavailable</body></html>'

const table: readonly (readonly [string, Reply, read: string, write: string])[] = [
  ['no content', bare(204), 'ok', 'ok'],
  ['a list', bare(200, '{"value":[]}'), 'ok', 'ok'],
  ['something made', bare(201, '{"id":"1"}'), 'ok', 'ok'],
  ['taken for later', bare(202), 'retry', 'doubt'],
  ['429', bare(429), 'wait', 'wait'],
  ['429 by a proxy', bare(429, html), 'wait', 'wait'],
  ['throttled by code', says(400, 'Application_TooManyRequests'), 'wait', 'wait'],
  ['credentials', says(401, 'Authentication_InvalidCredentials'), 'halt', 'halt'],
  ['a permission', says(403, 'Authorization_RequestDenied'), 'halt', 'halt'],
  ['credentials with another status', says(400, 'Authentication_X'), 'halt', 'halt'],
  ['no such company', says(404, 'Internal_CompanyNotFound'), 'halt', 'halt'],
  ['no such resource', says(404, 'BadRequest_ResourceNotFound'), 'halt', 'halt'],
  ['a wrong address', bare(404), 'halt', 'halt'],
  ['a dialog', says(400, 'Application_DialogException'), 'except', 'except'],
  ['a field', says(400, 'Application_FieldValidationException'), 'except', 'except'],
  ['too long a text', says(400, 'Application_StringExceededLength'), 'except', 'except'],
  ['a form of a request', says(400, 'BadRequest'), 'except', 'except'],
  ['a value in no table', says(400, 'Internal_InvalidTableRelation'), 'except', 'except'],
  ['a record in no table', says(400, 'Internal_RecordNotFound'), 'except', 'except'],
  ['a method', says(405, 'BadRequest_MethodNotAllowed'), 'except', 'except'],
  ['a page too large', bare(413), 'except', 'except'],
  ['the record is there', says(400, 'Internal_EntityWithSameKeyExists'), 'ignore', 'ignore'],
  ['somebody else changed it', says(409, 'Request_EntityChanged'), 'retry', 'retry'],
  ['a conflict', bare(409), 'retry', 'retry'],
  ['an error inside', says(500, 'Internal_ServerError'), 'retry', 'doubt'],
  ['an error inside, with 400', says(400, 'Internal_ServerError'), 'retry', 'doubt'],
  ['the tenant moves', says(503, 'Internal_TenantUnavailable'), 'retry', 'doubt'],
  ['posted, but no invoice', says(400, 'Internal_DataNotFoundFilter'), 'retry', 'doubt'],
  ['eight minutes', bare(408), 'retry', 'doubt'],
  ['a queue of eight minutes', bare(503), 'retry', 'doubt'],
  ['ten minutes', bare(504), 'retry', 'doubt'],
  ['an error in a good answer', says(200, 'Application_DialogException'), 'except', 'except'],
  ['a login page', bare(200, html), 'retry', 'doubt'],
  ['half a document', bare(200, '{"value":['), 'retry', 'doubt'],
  ['no object', bare(200, 'null'), 'retry', 'doubt'],
  ['a redirect', bare(302), 'retry', 'doubt'],
]

test.each(table)('%s', (_, reply, read, write) => {
  const outcome = (kind: 'read' | 'write') => {
    const told = interpret(reply, kind)
    return told.ok ? 'ok' : told.error.next
  }
  expect([outcome('read'), outcome('write')]).toEqual([read, write])
})

test.each([
  ['412', bare(412), true],
  ['an entity that was changed', says(409, 'Request_EntityChanged'), true],
  ['a token of another version', says(400, 'BadRequest_InvalidToken'), true],
  ['a record that is gone', says(404, 'Internal_RecordNotFound'), true],
  ['a proxy that knows nothing', bare(404, html), false],
  ['another conflict', bare(409), false],
  ['a refusal', says(400, 'Application_DialogException'), false],
])('%s says whether what was read is stale', (_, reply, stale) => {
  expect(isStale(reply)).toBe(stale)
})

test.each([
  [{ 'retry-after': '7' }, 7],
  [{ 'retry-after': '99999' }, 900],
  [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, 30],
  [{}, 30],
])('waits as long as it is told: %o', (headers, seconds) => {
  expect(interpret(bare(429, '', headers), 'write')).toMatchObject({
    error: { seconds },
  })
})

test.each([
  [
    'The field Ship-to City of table Sales Header contains a value (Gatineau) that cannot be found in the related table (Post Code).  CorrelationId:  1.',
    'Ship-to City of Sales Header: not in Post Code',
  ],
  [
    'Customer Posting Group must have a value in Customer: No.=Jane Doe. It cannot be zero or empty.',
    'Customer Posting Group must have a value in Customer',
  ],
  [
    "Status must be equal to 'Open'  in Sales Header: Document Type=Order, No.=S-ORD1. Current value is 'Released'.",
    'Status must be Open in Sales Header',
  ],
  [
    'The length of the string is 57, but it must be less than or equal to 50 characters. Value: 1 Main Street',
    'a text of 57 is too long',
  ],
])('tells what it is about, and no value that was sent: %s', (message, about) => {
  const told = interpret(says(400, 'Application_FieldValidationException', message), 'write')
  const reason = `Business Central refused it (400): Application_FieldValidationException ${about}`
  expect(told).toMatchObject({ error: { code: 'effect-refused', reason } })
})

test('repeats nothing of a message that it does not know', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 200, max: 599 }), (secret, status) => {
      const told = interpret(says(status, 'Application_DialogException', `Hi §${secret}§`), 'write')
      expect(told.ok ? '' : told.error.reason).not.toContain('§')
    }),
  )
})

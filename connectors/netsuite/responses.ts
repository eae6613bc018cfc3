import { interpretBy } from '../kit/response-rules.ts'
import { ErrorBody, type ErrorDetail } from './wire.ts'

/** Codes come before statuses, because NetSuite's statuses lie more often. */
export const interpret = interpretBy({
  vendor: 'NetSuite',
  wait: { seconds: 10 },
  error(json) {
    const body = ErrorBody.safeParse(json).data
    if (!body) return undefined
    const details = body['o:errorDetails']
    return {
      status: body.status,
      codes: details.map((each) => each['o:errorCode']),
      texts: details.map(({ detail }) => detail),
      detail: details.slice(0, 3).map(describe).filter(Boolean).join('; '),
    }
  },
  rules: [
    { status: 429, next: 'wait', says: 'is crowded' },
    {
      code: /CONCUR|REQUEST_LIMIT|WS_REQUEST_BLOCKED|TOO_MANY_REQUESTS/,
      next: 'wait',
      says: 'is crowded',
    },
    { body: ['html', 'text'], next: 'doubt' },
    // Taken to be done later; nobody asked for that.
    { status: 202, next: 'doubt' },
    { code: /^IDEMPOTENCY_ERROR$/, next: 'doubt' },
    { status: '4xx', code: /^DUP_/, next: 'ignore', says: 'has this record already' },
    {
      status: '4xx',
      text: /this (record|entity) already exists|external ?id\b.*\balready (exists|in use)/i,
      next: 'ignore',
      says: 'has this record already',
    },
    { code: /^RCRD_HAS_BEEN_CHANGED$/, next: 'retry' },
    { status: [401, 403], next: 'halt', says: 'denied it' },
    { code: /PERMISSION|INVALID_LOGIN/, next: 'halt', says: 'denied it' },
    // The host of another data centre, or of an account that moved.
    { status: '3xx', next: 'halt', says: 'redirected', advice: 'check accountId' },
    { status: 408, next: 'doubt' },
    { status: 409, next: 'retry' },
    {
      // Of a record NetSuite itself says so; a proxy's 404 has no code.
      kind: 'read',
      status: 404,
      code: /^(?!.*(URL|RECORD_TYPE))/,
      next: 'except',
      exception: 'order-not-found',
      says: 'has no such record',
    },
    { status: '4xx', next: 'except', says: 'refused it' },
  ],
})

/** Details echo what was sent: only what is about items, and sentences known to name fields alone, goes on. */
function describe(detail: ErrorDetail): string {
  const path = detail['o:errorPath']?.replace(/[^\w.[\]:-]/g, '').slice(0, 80)
  const text = path?.startsWith('item') ? aboutItems(detail.detail) : aboutFields(detail.detail)
  return [detail['o:errorCode'].replace(/\W/g, '').slice(0, 60), path && `at ${path}`, text]
    .filter(Boolean)
    .join(' ')
}

const aboutItems = (text: string): string =>
  text
    .replace(/^Error while accessing (a )?resource[:.]?\s*/, '')
    .replace(/\S+@\S+/g, '…')
    .slice(0, 160)

function aboutFields(text: string): string {
  const invalid = /Invalid Field Value .*? for the following field: (\w+)/.exec(text)
  if (invalid) return `invalid value for the field ${invalid[1]}`
  if (/\b(closed|locked)\b.{0,60}\bperiod\b|\bperiod\b.{0,60}\b(closed|locked)\b/i.test(text)) {
    return 'the accounting period is closed or locked'
  }
  const missing = /Please enter value\(s\) for: ([\w ,/-]{1,120})/.exec(text)
  return missing ? `please enter value(s) for: ${missing[1]}` : ''
}

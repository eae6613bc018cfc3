import { randomBytes } from 'node:crypto'

/** The caller's traceparent, or a new one. https://www.w3.org/TR/trace-context/ */
export const traceparentOf = (given = ''): string =>
  /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(given)
    ? given
    : `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`

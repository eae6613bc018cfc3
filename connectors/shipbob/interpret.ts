import type { Call, Reply } from '../../domain/account.ts'
import { except, type Failure, halt, ignore, wait } from '../../domain/failure.ts'
import { parseJson } from '../../domain/parse.ts'
import { err, type Result } from '../../domain/result.ts'
import { secondsIn, unsure } from '../kit/answers.ts'
import { isDuplicate, problemsIn } from './problems.ts'

/** What a reply means: its JSON, or what happens next. `ignore` is an order that ShipBob already has. */
export function interpret(kind: Call['kind'], reply: Reply): Result<unknown, Failure> {
  if (isHtml(reply)) return err(unsure(kind, `a page instead of an answer (${reply.status})`))
  if (reply.status >= 200 && reply.status < 300) return jsonOf(kind, reply)
  return err((byStatus[reply.status] ?? unexpected)(kind, reply))
}

type Judge = (kind: Call['kind'], reply: Reply) => Failure

const throttled: Judge = (_kind, { headers }) => {
  // The window slides over a minute: nothing is ever longer to wait for.
  const seconds = secondsIn(headers['x-retry-after'] ?? headers['retry-after'], 60)
  return wait('ShipBob allows 150 requests a minute', seconds ?? 60)
}

const refused: Judge = (_kind, { status, body }) => {
  const problems = problemsIn(body)
  if (isDuplicate(problems)) return ignore('ShipBob already has an order with this reference')
  const fields = [...new Set(problems.flatMap(({ fields }) => fields))].slice(0, 10)
  const about = fields.length > 0 ? `: ${fields.join(', ')}` : ' without naming a field'
  return except('effect-refused', `ShipBob refused it (${status})${about}`)
}

const unexpected: Judge = (kind, { status }) => unsure(kind, `ShipBob answered ${status}`)

/** 422 is both a duplicate and a mistake; the specification has 400 for the mistakes, and 409 costs nothing to read. */
const byStatus: Readonly<Record<number, Judge>> = {
  400: refused,
  401: () => halt('ShipBob does not accept the access token'),
  403: () =>
    halt('the access token may not do this: it needs orders_read, orders_write and inventory_read'),
  404: refused,
  409: refused,
  422: refused,
  429: throttled,
}

function jsonOf(kind: Call['kind'], { status, body }: Reply): Result<unknown, Failure> {
  const json = parseJson(body)
  return json.ok ? json : err(unsure(kind, `ShipBob answered ${status} without JSON`))
}

const isHtml = ({ headers, body }: Reply): boolean =>
  /html/i.test(headers['content-type'] ?? '') || body.trimStart().startsWith('<')

import type { Call, Reply } from '../../domain/account.ts'
import { except, type Failure, wait } from '../../domain/failure.ts'
import { parseJson } from '../../domain/parse.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { ExceptionCode } from '../../schemas/events/exception.ts'
import { secondsIn, unsure } from './answers.ts'

/** What a vendor's answers mean, as a table: the first rule that matches decides. */
export interface ResponseRules {
  /** For people: reasons begin with it. */
  readonly vendor: string
  /** How long to stay away when the vendor is crowded. */
  readonly wait: {
    /** Where it does not say. */
    readonly seconds: number
    /** @default 900 */
    readonly most?: number
    /** A header of the vendor's own that says it, in seconds. @default `retry-after` alone */
    readonly header?: string
  }
  /** What the vendor's own error body says; `undefined` for any other body. */
  error?(json: unknown, status: number): VendorError | undefined
  /** @default `parseJson` */
  parse?(body: string): Result<unknown, Failure>
  /** Without one that matches, 200, 201 and 204 with JSON or nothing are good, and nobody knows what came of any other. */
  readonly rules: readonly Rule[]
}

/** An error in the vendor's words. */
interface VendorError {
  /** Where the body has one of its own: errors come with 200 too. @default 400 with a good status */
  readonly status?: number | undefined
  readonly codes: readonly string[]
  readonly texts?: readonly string[]
  /** What people are told of it: no personal data, no secret. */
  readonly detail?: string
  /** How long the error asks to wait. */
  readonly seconds?: number | undefined
}

/** Conditions on an answer; those that are given have to hold together. */
export interface When {
  readonly kind?: Call['kind']
  readonly status?: number | readonly number[] | '3xx' | '4xx' | '5xx'
  /** One of the error's codes. */
  readonly code?: RegExp
  /** One of the error's texts. */
  readonly text?: RegExp
  readonly body?: readonly Body[]
}

/** `text` is neither HTML nor a JSON object or array: a proxy spoke. */
type Body = 'empty' | 'json' | 'html' | 'text'

interface Rule extends When {
  /** `doubt` of a read is `retry`: it is simply asked again. */
  readonly next: Failure['next']
  /** What the vendor did, behind its name. @default `answered` with the status */
  readonly says?: string
  /** What to do about it. */
  readonly advice?: string
  /** Of `wait`, where the answer does not say. @default the vendor's */
  readonly seconds?: number
  /** Of `except`. @default 'effect-refused' */
  readonly exception?: ExceptionCode
}

interface Answer {
  readonly kind: Call['kind']
  readonly status: number
  readonly body: Body
  readonly json: unknown
  readonly error: VendorError | undefined
  /** How long it asks to wait. */
  readonly seconds: number | undefined
}

/**
 * What an answer means for what happens next; its JSON when it is good, `undefined` when it is empty. Never throws. Whatever may
 * have taken effect is `doubt` when the call was a write.
 */
export const interpretBy =
  (rules: ResponseRules) =>
  (reply: Reply, kind: Call['kind']): Result<unknown, Failure> => {
    const answer = readAnswer(rules, reply, kind)
    const rule = rules.rules.find((each) => meets(each, answer))
    if (rule) return err(failureOf(rules, rule, answer))
    const isGood =
      [200, 201, 204].includes(answer.status) && ['json', 'empty'].includes(answer.body)
    return isGood ? ok(answer.json) : err(failureOf(rules, { next: 'doubt' }, answer))
  }

export function readAnswer(
  { error, parse = parseJson, wait: { header = '', most } }: ResponseRules,
  { status, headers, body }: Reply,
  kind: Call['kind'],
): Answer {
  const parsed = body.trim() === '' ? undefined : parse(body)
  const isJson = parsed?.ok === true && typeof parsed.value === 'object' && parsed.value !== null
  const json = isJson ? parsed.value : undefined
  const isHtml = body.trimStart().startsWith('<') || /html/i.test(headers['content-type'] ?? '')
  const said = isJson ? error?.(json, status) : undefined
  return {
    kind,
    status: said && status < 300 ? (said.status ?? 400) : status,
    body: parsed === undefined ? 'empty' : isHtml ? 'html' : isJson ? 'json' : 'text',
    json,
    error: said,
    seconds: said?.seconds ?? secondsIn(headers[header] ?? headers['retry-after'], most),
  }
}

/** Whether an answer meets conditions. */
export function meets({ kind, status, code, text, body }: When, answer: Answer): boolean {
  return (
    (kind === undefined || kind === answer.kind) &&
    (status === undefined || isOf(status, answer.status)) &&
    (code === undefined || (answer.error?.codes ?? []).some((each) => code.test(each))) &&
    (text === undefined || (answer.error?.texts ?? []).some((each) => text.test(each))) &&
    (body === undefined || body.includes(answer.body))
  )
}

function isOf(wanted: NonNullable<When['status']>, status: number): boolean {
  if (typeof wanted === 'number') return status === wanted
  if (typeof wanted === 'string') return Math.floor(status / 100) === Number(wanted[0])
  return wanted.includes(status)
}

function failureOf(rules: ResponseRules, rule: Rule, answer: Answer): Failure {
  const reason = reasonOf(rules, rule, answer)
  switch (rule.next) {
    case 'doubt':
      return unsure(answer.kind, reason)
    case 'wait':
      return wait(reason, answer.seconds ?? rule.seconds ?? rules.wait.seconds)
    case 'except':
      return except(rule.exception ?? 'effect-refused', reason)
    case 'retry':
    case 'halt':
    case 'ignore':
      return { next: rule.next, reason }
  }
}

function reasonOf({ vendor }: ResponseRules, rule: Rule, { status, body, error }: Answer): string {
  if (rule.says === undefined) {
    const code = (error?.codes[0] ?? '').replace(/\W/g, '').slice(0, 60)
    const isForeign = body === 'html' || body === 'text'
    const what = isForeign ? ' with something that is not JSON' : code && ` with ${code}`
    return `${vendor} answered ${status}${what}`
  }
  const detail = rule.next === 'except' || rule.next === 'halt' ? error?.detail : undefined
  const more = [detail, rule.advice].filter(Boolean).join('; ')
  return `${vendor} ${rule.says} (${status})${more && `: ${more}`}`
}

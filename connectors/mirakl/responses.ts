import { z } from 'zod'
import type { Call, Reply } from '../../domain/account.ts'
import { except, type Failure, halt, wait } from '../../domain/failure.ts'
import { parseJson } from '../../domain/parse.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { secondsIn, unsure } from '../kit/answers.ts'

type Kind = Call['kind']

/**
 * What an answer means: its JSON, `undefined` where there is none to give, or what happens next. A proxy may answer HTML
 * with any status. That nothing was done is sure only where Mirakl itself refuses.
 */
export function interpret(reply: Reply, kind: Kind): Result<unknown, Failure> {
  const { status, body } = reply
  if (status === 204) return ok(undefined)
  const json = exactly(body)
  if (status === 200 || status === 201) return json.ok ? json : err(unknownEnd(status, kind))
  const said = json.ok ? Refusal.safeParse(json.value).data : undefined
  return err(judge(reply, kind, said))
}

const Refusal = z.object({ message: z.string().nullish() })

function judge(
  { status, headers }: Reply,
  kind: Kind,
  said: z.infer<typeof Refusal> | undefined,
): Failure {
  // Operators' guides name a limit of one call a minute.
  if (status === 429)
    return wait('mirakl throttles (429)', secondsIn(headers['retry-after'], 3600) ?? 60)
  if (status === 401) return halt('mirakl refuses the API key (401)')
  if (status === 403) return halt('the API key lacks a role, or its shop is closed (403)')
  if (status >= 500 || status === 408) return unknownEnd(status, kind)
  if (status >= 300 && status < 400) return halt(`the host sends elsewhere (${status})`)
  // Without a word from Mirakl, something before it answered.
  if (!said) return halt(`no Mirakl answers there, or it does not know the request (${status})`)
  if (kind === 'read') return halt(`mirakl does not accept the request (${status})`)
  if (status === 404) return except('order-not-found', 'mirakl does not have this order')
  return except('effect-refused', `mirakl refuses (${status}): ${words(said.message)}`)
}

/** Mirakl's own words, which name orders, lines and states; cut, because nobody promised what else they name. */
const words = (message: string | null | undefined): string =>
  (message ?? 'it gave no reason').replaceAll(/\s+/g, ' ').slice(0, 200)

const unknownEnd = (status: number, kind: Kind): Failure =>
  unsure(kind, `mirakl gave no usable answer (${status})`)
/** A string as it stands, or a number that is no key; JSON's own grammar, so that nothing invalid becomes valid. */
const token =
  /("[^"\\]*(?:\\.[^"\\]*)*")|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\d.]|\s*:)/g

/**
 * JSON with every number as the digits that were sent: Mirakl writes amounts as JSON numbers, which a float would round.
 * Text that was written out again after this reads the same.
 */
export const exactly = (text: string): Result<unknown, Failure> =>
  parseJson(text.replace(token, (number, quoted?: string) => quoted ?? `"${number}"`))

import { z } from 'zod'
import type { Failure } from '../../domain/failure.ts'
import { parseJson } from '../../domain/parse.ts'
import type { Result } from '../../domain/result.ts'
import { interpretBy } from '../kit/response-rules.ts'

/** That nothing was done is sure only where Mirakl itself refuses; a proxy may answer HTML with any status. */
export const interpret = interpretBy({
  vendor: 'mirakl',
  // Operators' guides name a limit of one call a minute.
  wait: { seconds: 60, most: 3600 },
  parse: exactly,
  error(json, status) {
    const refusal = status < 400 ? undefined : Refusal.safeParse(json).data
    return refusal && { codes: ['refused'], detail: words(refusal.message) }
  },
  rules: [
    { status: [200, 201], body: ['empty'], next: 'doubt' },
    { status: 429, next: 'wait', says: 'throttles' },
    { status: 401, next: 'halt', says: 'refuses the API key' },
    {
      status: 403,
      next: 'halt',
      says: 'refuses',
      advice: 'the API key lacks a role, or its shop is closed',
    },
    { status: '3xx', next: 'halt', says: 'sends elsewhere' },
    { status: 408, next: 'doubt' },
    {
      status: '4xx',
      code: /refused/,
      kind: 'read',
      next: 'halt',
      says: 'does not accept the request',
    },
    {
      status: 404,
      code: /refused/,
      next: 'except',
      exception: 'order-not-found',
      says: 'does not have this order',
    },
    { status: '4xx', code: /refused/, next: 'except', says: 'refuses' },
    // Without a word from Mirakl, something before it answered.
    { status: '4xx', next: 'halt', says: 'is not there, or does not know the request' },
  ],
})

const Refusal = z.object({ message: z.string().nullish() })

/** Mirakl's own words, which name orders, lines and states; cut, because nobody promised what else they name. */
const words = (message: string | null | undefined): string =>
  (message ?? 'it gave no reason').replaceAll(/\s+/g, ' ').slice(0, 200)

/** A string as it stands, or a number that is no key; JSON's own grammar, so that nothing invalid becomes valid. */
const token =
  /("[^"\\]*(?:\\.[^"\\]*)*")|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\d.]|\s*:)/g

/**
 * JSON with every number as the digits that were sent: Mirakl writes amounts as JSON numbers, which a float would round.
 * Text that was written out again after this reads the same.
 */
export function exactly(text: string): Result<unknown, Failure> {
  return parseJson(text.replace(token, (number, quoted?: string) => quoted ?? `"${number}"`))
}

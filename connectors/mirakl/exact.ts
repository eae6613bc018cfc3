import type { Failure } from '../../domain/failure.ts'
import { parseJson } from '../../domain/parse.ts'
import type { Result } from '../../domain/result.ts'

/** A string as it stands, or a number that is no key; JSON's own grammar, so that nothing invalid becomes valid. */
const token =
  /("[^"\\]*(?:\\.[^"\\]*)*")|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\d.]|\s*:)/g

/**
 * JSON with every number as the digits that were sent: Mirakl writes amounts as JSON numbers, which a float would round.
 * Text that was written out again after this reads the same.
 */
export const exactly = (text: string): Result<unknown, Failure> =>
  parseJson(text.replace(token, (number, quoted?: string) => quoted ?? `"${number}"`))

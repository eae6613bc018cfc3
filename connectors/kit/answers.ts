import type { z } from 'zod'
import type { Call } from '../../domain/account.ts'
import { doubt, type Failure, retry } from '../../domain/failure.ts'
import { read } from '../../domain/parse.ts'
import { err, type Result } from '../../domain/result.ts'

/** Nobody knows what came of a call: a write may have been carried out, a read is asked again. */
export const unsure = (kind: Call['kind'], reason: string): Failure =>
  kind === 'write' ? doubt(reason) : retry(reason)

/**
 * An answer of the shape that is read. One of another shape is half an answer: what was asked for may be there, so it is
 * never "surely not there".
 */
export function shaped<T extends z.ZodType>(
  schema: T,
  value: unknown,
  { kind, from }: { readonly kind: Call['kind']; readonly from: string },
): Result<z.infer<T>, Failure> {
  const answer = read(schema, value)
  return answer.ok
    ? answer
    : err(unsure(kind, `${from} answered in an unknown shape: ${answer.error.reason}`))
}

/** Seconds that a header asks to wait, from 1 to `most`; `undefined` when it does not say. */
export const secondsIn = (header: string | undefined, most = 900): number | undefined =>
  header !== undefined && /^\d{1,9}(\.\d+)?$/.test(header)
    ? Math.min(most, Math.max(1, Math.ceil(Number(header))))
    : undefined

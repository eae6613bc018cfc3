import type { z } from 'zod'
import { parse } from '../../domain/parse.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { problem } from './problems.ts'
import type { Refusal } from './route.ts'

/** A position in a list. Opaque to callers, and contains nothing that they could not request anyway. */
export const writeCursor = (place: unknown): string =>
  Buffer.from(JSON.stringify(place)).toString('base64url')

/** The position in a cursor, validated like all input; `undefined` without one. */
export function readCursor<T extends z.ZodType>(
  schema: T,
  cursor: string | undefined,
): Result<z.infer<T> | undefined, Refusal> {
  if (cursor === undefined) return ok(undefined)
  const place = parse(schema, Buffer.from(cursor, 'base64url').toString('utf8'))
  return place.ok ? place : err(notOurs)
}

const notOurs: Refusal = {
  problem: problem('bad-request', 'The cursor does not belong to this list.', [
    {
      parameter: 'cursor',
      detail: 'is not accepted',
      fix: 'send `next` of the previous page unchanged, or leave it out to start from the beginning',
    },
  ]),
}

import { z } from 'zod'
import { Instant } from '../canonical/instant.ts'

/** The error text for a missing or wrong field. */
export const write =
  (what: string) =>
  ({ input }: { readonly input: unknown }): string =>
    input === undefined ? `is missing; write ${what}` : `write ${what}`

/** A short text. */
export const text = (what: string, longest = 200) =>
  z
    .string({ error: write(what) })
    .regex(/\S/, `write ${what}`)
    .max(longest, `write at most ${longest} characters`)
    .refine(
      (given) => !(given in Object.prototype),
      'use another name: JavaScript reserves this one',
    )

/** Accepts any offset and precision; stored in UTC with milliseconds. */
export const Moment = z.iso
  .datetime({
    offset: true,
    error: write('a time in ISO 8601 with Z or an offset, for example 2026-11-21T10:00:00Z'),
  })
  .transform((given) => new Date(given).toISOString())
  .pipe(Instant)

/** Unknown fields are rejected: the value of a misspelt field would be lost silently. */
export const strict = <T extends z.core.$ZodLooseShape>(shape: T) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `unknown field ${issue.keys.join(', ')}; the fields are ${Object.keys(shape).join(', ')}`
        : write('an object in { }')(issue),
  })

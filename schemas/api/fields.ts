import { z } from 'zod'
import { Instant } from '../canonical/instant.ts'

/** What a field is to hold, said to whoever left it out or wrote something else. */
export const write =
  (what: string) =>
  ({ input }: { readonly input: unknown }): string =>
    input === undefined ? `is missing; write ${what}` : `write ${what}`

/** Some words, and not too many. */
export const text = (what: string, longest = 200) =>
  z
    .string({ error: write(what) })
    .regex(/\S/, `write ${what}`)
    .max(longest, `write at most ${longest} characters`)
    .refine(
      (given) => !(given in Object.prototype),
      'use another name: JavaScript reserves this one',
    )

/** Any offset and precision come in; UTC with milliseconds is kept. */
export const Moment = z.iso
  .datetime({
    offset: true,
    error: write('a time in ISO 8601 with Z or an offset, for example 2026-11-21T10:00:00Z'),
  })
  .transform((given) => new Date(given).toISOString())
  .pipe(Instant)

/** A misspelt field is refused, because what it was to say would be lost without a word. */
export const strict = <T extends z.core.$ZodLooseShape>(shape: T) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `unknown field ${issue.keys.join(', ')}; the fields are ${Object.keys(shape).join(', ')}`
        : write('an object in { }')(issue),
  })

import { z } from 'zod'

const none = z.literal('').transform(() => undefined)

const wrongUnits = 'is not a whole number of units, 0 or more'
const units = z.union(
  [
    none,
    z
      .string()
      .regex(/^\d{1,9}$/)
      .transform(Number),
  ],
  {
    error: wrongUnits,
  },
)

const wrongDays = 'is not a whole number of days, 0 to 365'
const days = z
  .union(
    [
      none,
      z
        .string()
        .regex(/^\d{1,3}$/)
        .transform(Number),
    ],
    { error: wrongDays },
  )
  .refine((number) => (number ?? 0) <= 365, wrongDays)

const number = (text: string): number => Number(/\d+/.exec(text)?.[0])

/** `50%`, `at most 20` or `exclusive 20`. */
const allocation = z.union(
  [
    none,
    z
      .string()
      .regex(/^\d{1,3}\s*%$/)
      .transform((text) => ({ percent: number(text) })),
    z
      .string()
      .regex(/^at[ -]most\s+\d{1,9}$/i)
      .transform((text) => ({ atMost: number(text) })),
    z
      .string()
      .regex(/^exclusive\s+\d{1,9}$/i)
      .transform((text) => ({ exclusive: number(text) })),
  ],
  { error: 'is not a percentage, or "at most" or "exclusive" with a number of units' },
)

const publish = z.union(
  [none, z.stringbool({ truthy: ['yes', 'true'], falsy: ['no', 'false'], case: 'insensitive' })],
  { error: 'is not yes or no' },
)

/** A row of a terms file; every field is text, and an empty field falls back to the channel's term. */
export const TermsRow = z.object({
  channel: z.string(),
  sku: z.string().min(1, 'is empty').max(200, 'is longer than 200 characters'),
  buffer: units,
  allocation: allocation.refine(
    (dealt) => !dealt || !('percent' in dealt) || (dealt.percent >= 1 && dealt.percent <= 100),
    'is not a percentage from 1 to 100',
  ),
  minimum: units,
  maximum: units,
  'lead-time-days': days,
  publish,
})
export type TermsRow = z.infer<typeof TermsRow>

export type TermsColumn = keyof TermsRow

/** The columns in the order of the first line. */
export const termsColumns: readonly TermsColumn[] = [
  'channel',
  'sku',
  'buffer',
  'allocation',
  'minimum',
  'maximum',
  'lead-time-days',
  'publish',
]

/** The correction for a wrong field, by column. */
export const insteadOfTerms: Readonly<Record<TermsColumn, string>> = {
  channel: 'a channel in the settings, for example shopify/main-store',
  sku: "the channel's SKU; Crossdock asks the channel for it now, so if it is new there, upload the file again in a minute",
  buffer: "whole units that the channel is never shown, or empty for the channel's setting",
  allocation: "50%, at most 20 or exclusive 20, or empty for the channel's setting",
  minimum: 'whole units, at most maximum; fewer units are shown as 0',
  maximum: 'whole units; more units are shown as this number',
  'lead-time-days': 'whole days, 0 to 365: incoming units expected within them are shown',
  publish: 'yes, or no if people maintain the quantity',
}

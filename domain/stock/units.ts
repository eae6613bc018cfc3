import { z } from 'zod'

const farTooMany = 1_000_000_000

/** Units that a system reports at a location, as a whole number; below zero (books not yet updated) counts as 0. */
export const CountedUnits = z
  .union([z.number(), z.string().regex(/^-?\d+(\.\d+)?$/)])
  .transform(Number)
  .refine((units) => Math.abs(units) < farTooMany, 'is impossibly large')
  .transform((units) => Math.max(0, Math.floor(units)))

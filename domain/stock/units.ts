import { z } from 'zod'

const farTooMany = 1_000_000_000

/** Whole units that a system says lie somewhere; books that fell below zero before goods came in mean that none lies there. */
export const CountedUnits = z
  .union([z.number(), z.string().regex(/^-?\d+(\.\d+)?$/)])
  .transform(Number)
  .refine((units) => Math.abs(units) < farTooMany, 'is more than anybody has')
  .transform((units) => Math.max(0, Math.floor(units)))

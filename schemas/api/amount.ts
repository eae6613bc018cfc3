import { z } from 'zod'
import { Currency } from '../canonical/money.ts'

/**
 * Money as callers write and read it: a decimal in quotes, in the currency that stands beside it. JSON numbers become
 * floats in most languages, and minor units are misread where a currency has no cents.
 */
export const Amount = z
  .string()
  .regex(/^\d{1,11}(\.\d{1,4})?$/, 'write a decimal amount in quotes, for example "12.50"')
export type Amount = z.infer<typeof Amount>

/** What an answer says of money. */
export const Money = z.object({ amount: z.string(), currency: Currency })
export type Money = z.infer<typeof Money>

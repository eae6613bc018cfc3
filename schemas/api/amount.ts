import { z } from 'zod'
import { Currency } from '../canonical/money.ts'

/**
 * Money in requests and answers: a decimal string beside its currency. JSON numbers become floats in most languages,
 * and minor units are misread for currencies without cents.
 */
export const Amount = z
  .string()
  .regex(/^\d{1,11}(\.\d{1,4})?$/, 'write a decimal amount in quotes, for example "12.50"')
export type Amount = z.infer<typeof Amount>

/** Money in an answer. */
export const Money = z.object({ amount: z.string(), currency: Currency })
export type Money = z.infer<typeof Money>

import { z } from 'zod'

/** ISO 4217 alphabetic code. */
export const Currency = z.string().regex(/^[A-Z]{3}$/, 'write ISO 4217, for example EUR')
export type Currency = z.infer<typeof Currency>

/** Integer minor units of the document's one currency; a float never carries money. */
export const Minor = z.int()
export type Minor = z.infer<typeof Minor>

/** ISO 4217 (amendment 179) exponents that are not 2. */
const exponents: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
  CLF: 4,
  UYW: 4,
}

/** Digits after the decimal point that a currency has: 2 for USD, 0 for JPY, 3 for KWD. */
export const exponentOf = (currency: Currency): number => exponents[currency] ?? 2
